// Makes docs/demo.svg from a run of the command, in the colours of a dark terminal: node scripts/terminal-picture.mjs.
// Needs a build.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bare, letter, renderLine, theme } from "./terminal-line.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { stdout, status } = spawnSync(process.execPath, ["bin/ssot.js", "demo"], {
  cwd: root,
  encoding: "utf8",
  env: { ...process.env, FORCE_COLOR: "1" },
});
if (status !== 0) throw new Error(`ssot demo ended with ${status}`);

const lines = ["$ npm run demo", "", ...stdout.trimEnd().split("\n")];
const width = Math.ceil(Math.max(...lines.map((line) => bare(line).length)) * letter.width + 48);
const height = lines.length * letter.height + 64;
writeFileSync(
  `${root}docs/demo.svg`,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="What ssot demo prints">
<style>
${theme}
</style>
<rect width="100%" height="100%" rx="8" fill="#14171a"/>
<circle cx="22" cy="20" r="5" fill="#56606a"/><circle cx="40" cy="20" r="5" fill="#56606a"/><circle cx="58" cy="20" r="5" fill="#56606a"/>
${lines.map((line, n) => renderLine(line, 52 + n * letter.height)).join("\n")}
</svg>
`,
);
