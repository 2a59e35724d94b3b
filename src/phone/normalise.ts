import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { readDigits } from "./digits.ts";
import { isE164 } from "./e164.ts";
import { isWithheld } from "./withheld.ts";

// Without a plus, these are the digits of a line inside.
const extension = /^[0-9]{1,5}$/;

/**
 * The number in E.164, or null where that would be a guess.
 *
 * Text that has the shape already comes back unchanged, whatever it means. Everything else is read as dialled in `country`
 * (ISO 3166 alpha-2, any case) and must be a possible number of its country, by libphonenumber's `isPossible()`; an unknown
 * country leaves only spellings with a plus readable. Null: letters (also of words such as 1-800-FLOWERS), a number with an
 * extension (E.164 cannot carry it), an extension alone (up to five digits), what is withheld, two plus signs, and a number
 * of +1 without its area code. `ssot.e164` in SQL answers the same or null.
 */
export function normalisePhone(raw: string | null, country: string): string | null {
  if (raw === null) return null;
  if (isE164(raw)) return raw;
  const digits = readDigits(raw);
  if (digits === null || extension.test(digits)) return null;
  const region = knownCountry(country);
  const parsed = parsePhoneNumberFromString(digits, region === undefined ? {} : { defaultCountry: region });
  if (parsed === undefined || !parsed.isPossible() || !isE164(parsed.number)) return null;
  // Canada's 310-1234 makes seven digits possible, and with them every local number that lacks its area code.
  if (parsed.countryCallingCode === "1" && parsed.nationalNumber.length !== 10) return null;
  return isWithheld(parsed.number) ? null : parsed.number;
}

function knownCountry(country: string): CountryCode | undefined {
  if (!/^[A-Za-z]{2}$/.test(country)) return undefined;
  const upper = country.toUpperCase();
  return isSupportedCountry(upper) ? upper : undefined;
}
