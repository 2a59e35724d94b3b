// Makes docs/demo.svg from a run of the command, in the colours of a dark terminal: node scripts/terminal-picture.mjs.
// Needs a build. Only the colours that ssot uses are known; another one is an error.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { stdout, status } = spawnSync(process.execPath, ["bin/ssot.js", "demo"], {
  cwd: root,
  encoding: "utf8",
  env: { ...process.env, FORCE_COLOR: "1" },
});
if (status !== 0) throw new Error(`ssot demo ended with ${status}`);

const mark = String.fromCharCode(27);
const colour = new RegExp(`(${mark}\\[\\d+m)`);
const styles = { 32: "good", 33: "look", 31: "broken", 2: "dim", 39: undefined, 22: undefined };
const letter = { width: 8.4, height: 20, size: 14 };
const lines = ["$ npm run demo", "", ...stdout.trimEnd().split("\n")];
const width = Math.ceil(Math.max(...lines.map((line) => bare(line).length)) * letter.width + 48);
const height = lines.length * letter.height + 64;
let open;

writeFileSync(
  `${root}docs/demo.svg`,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="What ssot demo prints">
<style>
  text { font: ${letter.size}px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #e7eaed; white-space: pre; }
  .good { fill: #4cc38a; } .look { fill: #e3a93c; } .broken { fill: #ff8a7a; } .dim { fill: #a3adb8; }
</style>
<rect width="100%" height="100%" rx="8" fill="#14171a"/>
<circle cx="22" cy="20" r="5" fill="#56606a"/><circle cx="40" cy="20" r="5" fill="#56606a"/><circle cx="58" cy="20" r="5" fill="#56606a"/>
${lines.map((line, n) => draw(line, 52 + n * letter.height)).join("\n")}
</svg>
`,
);

function draw(line, y) {
  const parts = line.split(colour);
  let column = 0;
  const spans = parts.flatMap((part) => {
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

function bare(line) {
  return line
    .split(colour)
    .filter((part) => !part.startsWith(mark))
    .join("");
}

function quoted(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
