/**
 * A report as JSON. What a terminal or a CI log would take for an order is written as an escape of JSON's own, so a reader of
 * the document gets every text exactly as it is in the database.
 */
export function renderJson(value: unknown): string {
  return escaped(JSON.stringify(value, null, 2));
}

/** The same on one line, for documents that follow one another. */
export function renderJsonLine(value: unknown): string {
  return escaped(JSON.stringify(value));
}

function escaped(document: string): string {
  return document.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits).replace(/##(?=\w*\[)/g, "#\\u0023");
}

function escapeUnits(letter: string): string {
  return Array.from({ length: letter.length }, (_, place) => {
    return `\\u${letter.charCodeAt(place).toString(16).padStart(4, "0")}`;
  }).join("");
}
