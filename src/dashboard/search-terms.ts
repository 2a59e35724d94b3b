import { readDigits } from "../phone/digits.ts";

// Shorter, a zero in front is a part of the middle of a number.
const leastNational = 7;
// A number behind the prefix that North America dials abroad; national numbers with zeros in front are shorter.
const leastAbroad = 13;
const leastDigits = 3;

/**
 * The texts of which a call must contain one to be found: what was typed and, where that is a number or a part of one in any
 * spelling, its digits as E.164 writes them. A zero, 00 or 011 in front is dialled and not stored.
 */
export function searchTerms(search: string): readonly string[] {
  const terms = new Set([search, ...readings(search)]);
  // Whatever contains the longer of two texts contains the shorter one.
  return [...terms].filter((term) => ![...terms].some((other) => other !== term && term.includes(other)));
}

function readings(search: string): readonly string[] {
  // "+44 (0)20" has a zero that nobody dials from abroad.
  const spelling = /^\s*([+\uFF0B]|00)/.test(search) ? search.replace("(0)", "") : search;
  const digits = readDigits(spelling);
  if (digits === null || digits.replace("+", "").length < leastDigits) return [];
  const national = digits.length < leastNational ? digits : digits.replace(/^0+/, "");
  const abroad = digits.startsWith("011") && digits.length >= leastAbroad ? [digits.slice(3)] : [];
  return [national, ...abroad].filter((reading) => reading.length >= leastDigits);
}
