// What people and programs put between the digits of a number: ASCII separators; spaces, hyphens and dashes beyond ASCII;
// invisible marks that an address book wraps around a copied number (U+200E …, U+202A …, U+2066 …).
const separators =
  /[ \t()[\]./\-\u00A0\u00AD\u2000-\u200F\u2010-\u2015\u202A-\u202F\u205F-\u2064\u2066-\u2069\u2212\u3000\uFEFF\uFF08\uFF09\uFF0D-\uFF0F]/g;

const zeros = [0xff10, 0x0660, 0x06f0];

// In UTF-16 units; no number needs more, formatting included. ssot.e164 stops at as many characters.
const longestSpelling = 100;

/**
 * The digits of a written number, with a leading plus if it has one; null when the text holds anything else than one plus,
 * digits (ASCII, full-width, Arabic, Persian), separators, and `tel:` in front.
 */
export function readDigits(raw: string): string | null {
  if (raw.length > longestSpelling) return null;
  const spelling = raw
    .trim()
    .replace(/^tel:/i, "")
    .replace(separators, "")
    .replace(/^\uFF0B/, "+")
    .replace(/[\uFF10-\uFF19\u0660-\u0669\u06F0-\u06F9]/g, asciiDigit);
  return /^\+?[0-9]+$/.test(spelling) ? spelling : null;
}

function asciiDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  const zero = zeros.find((start) => code >= start && code <= start + 9) ?? code;
  return String(code - zero);
}
