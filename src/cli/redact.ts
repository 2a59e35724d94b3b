/** In this order: what a rule has blanked is no password to those behind it. */
const rules: readonly (readonly [pattern: RegExp, blanked: string])[] = [
  // Of a database's URL, whole or misspelt: up to the last @ of the line, whatever stands between.
  [/(postgres\w*(?::\/*|\/+)[^:@\s'"/]*):[^\n]*@/gi, "$1:***@"],
  [/(\w:\/\/[^:/@\s]*):\S*@/g, "$1:***@"],
  // Without an @ it is no URL, and what stands behind the colon may be a port or a password.
  [/(postgres\w*(?::\/*|\/+)[^:@\s'"/]*):(?!\*\*\*)[^\s'"]+/gi, "$1:***"],
  // Without its beginning.
  [/(^|[\s'"=])([^\s'":@/=]+):(?!\*\*\*@)[^\s'":@/][^\s'"]*@/g, "$1$2:***@"],
  [/(pass(?:word|wd|phrase)?|pwd)\s*=\s*(?:'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?|[^&\s'"]+)/gi, "$1=***"],
];

/**
 * Takes passwords out of a text that repeats what somebody typed, such as a URL in a misspelt option: what stands between user
 * and host, and behind every `password=`. Rather too much than too little.
 */
export function redact(text: string): string {
  return rules.reduce((told, [pattern, blanked]) => told.replace(pattern, blanked), text);
}
