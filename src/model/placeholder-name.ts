// As ssot.name_rule counts them.
const beyondAscii = {
  blanks: "\u00a0\u2007\u200b\u202f\u2060\u3000\ufeff",
  dashes: "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
};

/** Regular expressions that tell what is no name. All but the first regardless of case. */
export interface PlaceholderRule {
  /** Blanks around one ASCII character at most. */
  readonly short: string;
  /** "Unknown", "Unknown Caller". */
  readonly unknown: string;
  readonly unknownCaller: string;
  /** Nothing but what numbers are written with. */
  readonly numeric: string;
}

/**
 * The one text of the rule for JavaScript and PostgreSQL, whose class of white space is given: `\s`, `[:space:]`. A database
 * that is not encoded in UTF-8 has it without blanks and dashes beyond ASCII.
 */
export function placeholderRule(
  space: string,
  { unicode = true }: { readonly unicode?: boolean } = {},
): PlaceholderRule {
  const { blanks, dashes } = unicode ? beyondAscii : { blanks: "", dashes: "" };
  const blank = `[${space}${blanks}]*`;
  return {
    short: `^${blank}[!-~]?${blank}$`,
    unknown: `^${blank}unknown${blank}(caller)?${blank}$`,
    unknownCaller: `^${blank}unknown${blank}caller${blank}$`,
    numeric: `^${blank}(tel:)?[-+0-9()./${space}${blanks}${dashes}]+$`,
  };
}
