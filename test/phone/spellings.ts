import { type CountryCode, getCountries, getExampleNumber, type PhoneNumber } from "libphonenumber-js/min";
import examples from "libphonenumber-js/mobile/examples";
import type { Spelling } from "./phone-sql.ts";

/** The ways people write a number, each made from one number. */
const ways: Readonly<Record<string, (number: PhoneNumber) => string>> = {
  "E.164": (n) => n.number,
  international: (n) => n.formatInternational(),
  national: (n) => n.formatNational(),
  "national, digits only": (n) => n.formatNational().replace(/[^0-9]/g, ""),
  "national, without its prefix": (n) => n.nationalNumber,
  "national, dots": (n) => n.formatNational().replace(/[ -]/g, "."),
  "national, slashes": (n) => n.formatNational().replace(/[ -]/g, "/"),
  "national, no-break hyphens": (n) => n.formatNational().replace(/[ -]/g, "\u2011"),
  "national, blanks around": (n) => ` ${n.formatNational()}\t\n`,
  "international, dashes": (n) => n.formatInternational().replaceAll(" ", "-"),
  "international, double spaces": (n) => n.formatInternational().replaceAll(" ", "  "),
  "international, no-break spaces": (n) => n.formatInternational().replaceAll(" ", "\u00a0"),
  "international, copied from an address book": (n) => `\u202a${n.formatInternational()}\u202c`,
  "international, as a link": (n) => `tel:${n.number}`,
  "international, without its plus": (n) => n.number.slice(1),
  "international, (0) inside": (n) => n.formatInternational().replace(" ", " (0) "),
  "00 instead of the plus": (n) => `00${n.number.slice(1)}`,
  "011 instead of the plus": (n) => `011 ${n.formatInternational().slice(1)}`,
  "Arabic digits": (n) => n.number.replace(/[0-9]/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
};

export interface ExampleSpelling extends Spelling {
  readonly way: string;
  /** The number that was written, in E.164. */
  readonly number: string;
  readonly country: CountryCode;
}

/** The example number of every country that the library knows, in every way. */
export function exampleSpellings(): ExampleSpelling[] {
  return getCountries().flatMap((country) => {
    const number = getExampleNumber(country, examples);
    if (number === undefined) throw new Error(`the library has no example for ${country}`);
    return Object.entries(ways).map(([way, write]) => ({ way, country, number: number.number, raw: write(number) }));
  });
}
