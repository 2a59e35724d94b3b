import { readDigits } from "./digits.ts";

const words = /^(anonymous|unknown|unavailable|restricted|private|blocked|withheld)( (caller|number|caller id))?$/;

/** The words above, or parts of them, as a keypad spells them. They have the shape of E.164. */
export const keypadSpellings: readonly string[] = ["+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696"];

/**
 * Whether a caller "number" names nobody, so that no contact may be made of it: absent, blank, one of the words that networks
 * send (any case), such a word spelt on the keypad (with its plus, however separated: without it the digits may be somebody's),
 * a SIP address, or an extension (up to five digits without a plus).
 */
export function isWithheld(raw: string | null): boolean {
  const text = (raw ?? "").trim().toLowerCase();
  if (text === "" || words.test(text.replace(/[\s_-]+/g, " ")) || /^sips?:|@/.test(text)) return true;
  const digits = readDigits(text);
  return digits !== null && (keypadSpellings.includes(digits) || /^[0-9]{1,5}$/.test(digits));
}
