const words = "anonymous|unknown|unavailable|restricted|private|blocked|withheld";

/** The words above, or parts of them, as a keypad spells them. They have the shape of E.164. */
export const keypadNumbers = ["+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696"];

// As ssot.withheld_pattern counts them, in brackets: spaces of any width and marks that nobody sees; what separates digits.
const beyondAscii = {
  blanks: "\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff",
  dashes: "\u2010-\u2015\u2212\uff08\uff09\uff0d-\uff0f",
};

/**
 * What names nobody where a number is expected, regardless of case: the one text of the rule for JavaScript and PostgreSQL,
 * whose class of white space is given: `\s`, `[:space:]`. A database that is not encoded in UTF-8 has it without what lies
 * beyond ASCII.
 */
export function withheldPattern(space: string, { unicode = true }: { readonly unicode?: boolean } = {}): string {
  const { blanks, dashes } = unicode ? beyondAscii : { blanks: "", dashes: "" };
  const blank = `[${space}${blanks}]`;
  const separators = `[()./${space}${blanks}${dashes}-]*`;
  const between = `(${blank}|[_-])+`;
  const word = `(${words})(${between}(caller(${between}id)?|number))?`;
  const keypad = keypadNumbers.map((number) => [...number.slice(1)].join(separators)).join("|");
  return [
    `^${blank}*$`,
    `^${blank}*<?(sips?:)?${word}(@.*)?${blank}*$`,
    `^${separators}(tel:${separators})?[+]${separators}(${keypad})${separators}$`,
  ].join("|");
}

const withheld = new RegExp(withheldPattern("\\s"), "i");

/** Whether a number names nobody, so that it counts as none: absent, blank, a word that networks send, or its spelling on a keypad. */
export function isWithheld(raw: string | null): boolean {
  return raw === null || withheld.test(raw);
}
