/** A name as SQL writes it, quoted whatever it is. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL writes it. The session has standard_conforming_strings. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
