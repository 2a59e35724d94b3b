// A line of a terminal as SVG, in the colours of a dark one. Only the colours that ssot uses are known; another one is an error.
const mark = String.fromCharCode(27);
const colour = new RegExp(`(${mark}\\[\\d+m)`);
const styles = { 32: "good", 33: "look", 31: "broken", 2: "dim", 39: undefined, 22: undefined };

export const letter = { width: 8.4, height: 20, size: 14 };

export const theme = `  text { font: ${letter.size}px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #e7eaed; white-space: pre; }
  .good { fill: #4cc38a; } .look { fill: #e3a93c; } .broken { fill: #ff8a7a; } text.dim, .dim { fill: #a3adb8; }`;

let open;

/** The text at a height; each run of one colour at its column, so that no font can shift it. */
export function renderLine(line, y) {
  let column = 0;
  const spans = line.split(colour).flatMap((part) => {
    const code = part.startsWith(mark) ? part.slice(2, -1) : undefined;
    if (code !== undefined) {
      if (!(code in styles)) throw new Error(`an unknown colour: ${code}`);
      open = styles[code];
      return [];
    }
    if (part === "") return [];
    const x = (24 + column * letter.width).toFixed(1);
    column += part.length;
    return [`<tspan x="${x}"${open === undefined ? "" : ` class="${open}"`}>${quoted(part)}</tspan>`];
  });
  return `<text y="${y}" xml:space="preserve">${spans.join("")}</text>`;
}

/** The line without its colours. */
export function bare(line) {
  return line
    .split(colour)
    .filter((part) => !part.startsWith(mark))
    .join("");
}

export function quoted(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
