/**
 * Takes passwords out of a text that repeats what somebody typed, such as a URL in a misspelt option: the part between
 * user and host, and every `password=`.
 */
export function redact(text: string): string {
  return text.replace(/(\w:\/\/[^:/@\s]*):\S*@/g, "$1:***@").replace(/(password=)[^&\s'"]+/gi, "$1***");
}
