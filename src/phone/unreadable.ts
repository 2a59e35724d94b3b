import { isSupportedCountry, validatePhoneNumberLength } from "libphonenumber-js/min";
import { readDigits } from "./digits.ts";
import { isWithheld } from "./withheld.ts";

const lengths: Readonly<Record<string, string>> = {
  TOO_SHORT: "too short",
  TOO_LONG: "too long",
  INVALID_LENGTH: "of a length that no number there has",
  INVALID_COUNTRY: "of an unknown country code",
};

/** Why a number cannot be read, in words that hold nothing of it. `country`: null where nobody knows it. */
export function whyUnreadable(raw: string | null, country: string | null): string {
  if (raw === null) return "neither a number, nor a name, nor an e-mail address";
  if (country === null) return "its organisation has no row, and so no country";
  if (isWithheld(raw)) return "withheld";
  const digits = readDigits(raw);
  if (digits === null) return "not a number";
  if (/^[0-9]{1,5}$/.test(digits)) return "too short, or an extension";
  const region = country.toUpperCase();
  if (isSupportedCountry(region))
    return lengths[validatePhoneNumberLength(digits, region) ?? ""] ?? "without its area code";
  if (!digits.startsWith("+")) return "without a country code, and its organisation's country is unknown";
  return lengths[validatePhoneNumberLength(digits) ?? ""] ?? "not a number";
}
