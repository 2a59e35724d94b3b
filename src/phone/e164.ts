/** The shape of E.164, in regular expressions of JavaScript and of PostgreSQL: a plus and two to fifteen digits, the first not zero. */
export const e164Shape = "^[+][1-9][0-9]{1,14}$";

const shape = new RegExp(e164Shape);

/** Whether the text has the shape of E.164. */
export function isE164(text: string): boolean {
  return shape.test(text);
}
