// As ssot.name_rule counts them.
const beyondAscii = {
  blanks: "\u00a0\u2007\u200b\u202f\u2060\u3000\ufeff",
  dashes: "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
};

// What PostgreSQL and JavaScript both read as code points: marks that nobody sees, and fillers that look like a blank.
const invisible =
  "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\ufff0-\\ufff8";

const adjectives = "anonymous|blocked|cellular|private|restricted|unavailable|unknown|wireless|withheld";

/** Regular expressions that tell what is no name. All but `short` and `unseen` regardless of case. */
export interface PlaceholderRule {
  /** Blanks around one ASCII character at most. */
  readonly short: string;
  /** "Unknown", "Unknown Caller". */
  readonly unknown: string;
  readonly unknownCaller: string;
  /** What networks send where a name is expected: "Anonymous", "WIRELESS CALLER". The rule of the table lets it pass. */
  readonly nobody: string;
  /** Nothing that anybody sees. The rule of the table lets some of it pass. */
  readonly unseen: string;
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
    nobody: `^${blank}(anonymous|unavailable|(${adjectives})${blank}(caller(${blank}id)?|number|name))${blank}$`,
    unseen: unicode ? `^[${space}${blanks}${invisible}]*$` : `^${blank}$`,
    numeric: `^${blank}(tel:)?[-+0-9()./${space}${blanks}${dashes}]+$`,
  };
}
