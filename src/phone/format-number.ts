import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { isE164 } from "./e164.ts";

/** A number in E.164 as its own country groups it, with the country code; whatever is no such number as it is. */
export function formatNumber(number: string): string {
  const parsed = isE164(number) ? parsePhoneNumberFromString(number) : undefined;
  return parsed?.isPossible() === true ? parsed.formatInternational() : number;
}
