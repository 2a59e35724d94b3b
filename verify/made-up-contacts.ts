/** A contact that nobody is, and what it stands for. */
export interface Sample {
  readonly sample: string;
  readonly contact: { readonly name: string | null; readonly phone: string };
}

const own = "+14155550100";

// Letters of each script, by their first code point and how many follow.
const scripts: readonly (readonly [name: string, first: number, many: number])[] = [
  ["Latin", 0x61, 26],
  ["capital Latin", 0x41, 26],
  ["accented Latin", 0xc0, 23],
  ["extended Latin", 0x100, 60],
  ["Vietnamese", 0x1ea0, 60],
  ["Greek", 0x391, 17],
  ["small Greek", 0x3b1, 25],
  ["Cyrillic", 0x410, 64],
  ["Armenian", 0x531, 38],
  ["Hebrew", 0x5d0, 27],
  ["Arabic", 0x621, 26],
  ["Persian", 0x671, 60],
  ["Devanagari", 0x905, 50],
  ["Bengali", 0x985, 8],
  ["Gurmukhi", 0xa05, 6],
  ["Gujarati", 0xa85, 9],
  ["Tamil", 0xb85, 6],
  ["Telugu", 0xc05, 8],
  ["Kannada", 0xc85, 8],
  ["Malayalam", 0xd05, 8],
  ["Sinhala", 0xd85, 18],
  ["Thai", 0xe01, 46],
  ["Lao", 0xe81, 2],
  ["Tibetan", 0xf40, 8],
  ["Burmese", 0x1000, 40],
  ["Georgian", 0x10d0, 33],
  ["Korean", 0xac00, 400],
  ["Ethiopic", 0x1200, 60],
  ["Cherokee", 0x13a0, 80],
  ["Khmer", 0x1780, 34],
  ["Mongolian", 0x1820, 60],
  ["Hiragana", 0x3041, 80],
  ["Katakana", 0x30a1, 80],
  ["Bopomofo", 0x3105, 38],
  ["Chinese", 0x4e00, 3000],
  ["rare Chinese", 0x20000, 200],
  ["full-width", 0xff21, 26],
  ["emoji", 0x1f300, 300],
  ["more emoji", 0x1f900, 200],
  ["digits of Arabic", 0x660, 10],
  ["digits of Devanagari", 0x966, 10],
  ["full-width digits", 0xff10, 10],
];

const blanks = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2007", "\u200b", "\u202f", "\u2060", "\u3000", "\ufeff"];
const dashes = ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212"];
const lengths = [
  1, 2, 3, 4, 5, 8, 12, 16, 20, 21, 24, 30, 31, 32, 33, 40, 41, 50, 51, 60, 61, 63, 64, 65, 80, 81, 100, 101, 120, 128,
  129, 150, 200, 255, 256, 300, 500, 1000,
];
const printable = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n));

/** Names of all scripts and lengths, with all signs; and what stands for none. */
export function madeUpNames(): readonly Sample[] {
  const digits = "1234567890".repeat(4);
  const named: [sample: string, name: string | null][] = [
    ["no name", null],
    ["an empty name", ""],
    ["its own number", own],
    ...scripts.flatMap(([script, first, many]) => namesOf(script, first, many)),
    ...lengths.map((length): [string, string] => [
      `a name of ${length} characters`,
      `${"Jo Ann Lee ".repeat(91).slice(0, length - 1)}x`,
    ]),
    ...lengths.map((length): [string, string] => [`a name of ${length} characters in one word`, "a".repeat(length)]),
    ...lengths.map((length): [string, string] => [`a Chinese name of ${length} characters`, "李".repeat(length)]),
    ...printable.flatMap((sign): [string, string][] => [
      [`a name with ${sign} in it`, `Jo${sign}Ann`],
      [`a name with ${sign} before it`, `${sign}Jo`],
      [`a name with ${sign} after it`, `Jo${sign}`],
      [`a number with ${sign} in it`, `202${sign}5550199`],
      [`the one character ${sign}`, sign],
      [`a Chinese name with ${sign} in it`, `李${sign}明`],
    ]),
    ...[
      "Jo Li",
      "JO LI",
      "jo li",
      "O'Neill",
      "Jean-Luc Picard",
      "Dr. J. R. Smith, Jr.",
      "Room 12",
      "4 Seasons Ltd",
      "3M",
      "R2",
      "Zoë",
      "Ann & Bob",
      "al-Khalil",
    ].map((name): [string, string] => ["a name", name]),
    ...["Unknown Pleasures", "Mr Unknown", "Unknowncaller Ltd", "Unknown Caller 2", "unknown's", "Anonymous"].map(
      (name): [string, string] => ["a name with unknown in it", name],
    ),
    ...["unknown", "Unknown", "UNKNOWN", "uNkNoWn"].flatMap((word) =>
      ["", ...blanks].flatMap((blank): [string, string][] => [
        ["Unknown", `${blank}${word}${blank}`],
        ["Unknown Caller", `${word}${blank}${word === word.toUpperCase() ? "CALLER" : "caller"}`],
        ["Unknown Caller between blanks", `${blank}${word} ${blank}Caller${blank}`],
      ]),
    ),
    ...blanks.flatMap((blank): [string, string][] => [
      ["blanks", blank.repeat(3)],
      ["a character between blanks", `${blank}x${blank}`],
      ["a Chinese character between blanks", `${blank}李${blank}`],
      ["a number with blanks", `202${blank}555${blank}0199`],
      ["a name with blanks", `Jo${blank}Ann`],
      ["a name between blanks", `${blank}Jo Ann${blank}`],
    ]),
    ...dashes.flatMap((dash): [string, string][] => [
      ["a number with dashes", `202${dash}555${dash}0199`],
      ["a name with dashes", `Jo${dash}Ann`],
      ["dashes", dash.repeat(3)],
    ]),
    ...Array.from({ length: 30 }, (_, n): [string, string][] => [
      ["a number of any length", digits.slice(0, n + 1)],
      ["a number of any length with plus", `+${digits.slice(0, n + 1)}`],
      ["a number of any length in brackets", `(${digits.slice(0, n + 1)})`],
      ["a number of any length after tel:", `tel:${digits.slice(0, n + 1)}`],
      ["a number with dots", digits.slice(0, n + 2).replace(/(?<=^.{1,3})(?=.)/, ".")],
      ["a number of any length after TEL:+", `TEL:+${digits.slice(0, n + 1)}`],
      ["a word and a number", `Desk ${digits.slice(0, n + 1)}`],
    ]).flat(),
    ...[
      "(202) 555-0199",
      "202.555.0199",
      "+1 (202) 555-0199",
      "202/5550199",
      "00 1 202 5550199",
      "+49 30 901820",
      "020 7946 0018",
    ].map((number): [string, string] => ["another's number", number]),
  ];
  return named.map(([sample, name]) => ({ sample, contact: { name, phone: own } }));
}

function namesOf(script: string, first: number, many: number): [sample: string, name: string][] {
  const at = (n: number): string => String.fromCodePoint(first + (n % many));
  return Array.from({ length: Math.min(many, 40) }, (_, n): [string, string][] => {
    const step = n * Math.max(1, Math.floor(many / 40));
    return [
      [`one character of ${script}`, at(step)],
      [`two characters of ${script}`, at(step) + at(step + 1)],
      [`a name in ${script}`, `${at(step)}${at(step + 1)}${at(step + 2)} ${at(step + 3)}${at(step + 4)}`],
      [`a name in ${script} and Latin`, `Jo ${at(step)}${at(step + 1)}`],
    ];
  }).flat();
}

/** Numbers of all countries and lengths, and what is written in their place. */
export function madeUpPhones(): readonly Sample[] {
  const digits = "2345678901".repeat(3);
  const said: [sample: string, phone: string][] = [
    ["no number", ""],
    ["a word", "anonymous"],
    ["a blank", " "],
    ["a plus", "+"],
    ...Array.from({ length: 22 }, (_, n): [string, string][] => [
      [`${n + 1} digits after a plus`, `+${digits.slice(0, n + 1)}`],
      [`${n + 1} digits`, digits.slice(0, n + 1)],
      [`${n + 1} digits after two pluses`, `++${digits.slice(0, n + 1)}`],
    ]).flat(),
    ...Array.from({ length: 999 }, (_, n): [string, string][] =>
      [4, 9, 12].map((rest): [string, string] => [
        `a number of country code ${n + 1}`,
        `+${n + 1}${digits.slice(0, rest)}`,
      ]),
    ).flat(),
    ...Array.from({ length: 10 }, (_, n): [string, string] => [`a number that begins with ${n}`, `+${n}155550100`]),
    ...printable.flatMap((sign): [string, string][] => [
      [`a number with ${sign} in it`, `+1415${sign}5550100`],
      [`a number with ${sign} before it`, `${sign}+14155550100`],
      [`a number with ${sign} after it`, `+14155550100${sign}`],
    ]),
    ...[...blanks, ...dashes].flatMap((sign): [string, string][] => [
      ["a number with a blank or dash in it", `+1415${sign}5550100`],
      ["a number with a blank or dash before it", `${sign}+14155550100`],
      ["a number with a blank or dash after it", `+14155550100${sign}`],
    ]),
    ...[0x660, 0x6f0, 0x966, 0xff10].map((zero): [string, string] => [
      "a number in digits of another script",
      `+1${Array.from({ length: 9 }, (_, n) => String.fromCodePoint(zero + n + 1)).join("")}`,
    ]),
    ["a number with a full-width plus", "\uff0b14155550100"],
    ["a number with an extension", "+14155550100x12"],
    ["a number after tel:", "tel:+14155550100"],
    ["a number after 00", "0014155550100"],
    ["a national number", "(415) 555-0100"],
    ["two numbers", "+14155550100,+14155550101"],
  ];
  return said.map(([sample, phone]) => ({ sample, contact: { name: "Jo Li", phone } }));
}
