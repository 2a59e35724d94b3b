// Draws what a command wrote to its terminal, and the traffic beside it, as one SVG that plays by CSS.
import { letter, quoted, renderLine, theme } from "./terminal-line.mjs";

const bucketMs = 250;
const holdMs = 5_000;
const barHeight = 60;

/** One picture: the terminal above, the traffic below, in the run's own time. */
export function drawRun({ writes, answers, durationMs, columns, size }) {
  const shown = screens(writes);
  const rows = Math.max(...shown.map(({ row }) => row)) + 1;
  const total = durationMs + holdMs;
  const during = answers.filter(({ at }) => at >= 0 && at <= durationMs);
  const width = Math.ceil(columns * letter.width + 48);
  const top = 52;
  const below = top + (rows + 1) * letter.height + 24;
  const height = below + barHeight + 70;
  const styles = [];
  const visible = (from, to) => {
    const name = `t${styles.length}`;
    const [start, end] = [from, to ?? total].map((at) => `${((100 * Math.min(at, total)) / total).toFixed(2)}%`);
    // The last word of a line stays; another one is gone when the next has come.
    const last = to === undefined ? "" : `${end},100%{visibility:hidden}`;
    styles.push(`@keyframes ${name}{0%{visibility:hidden}${start}{visibility:visible}${last}}`);
    return `class="${to === undefined ? "stays" : "goes"}" style="animation-name:${name}"`;
  };
  const lines = shown.map(
    ({ text, row, from, to }) => `<g ${visible(from, to)}>${renderLine(text, top + (row + 1) * letter.height)}</g>`,
  );
  const bars = drawBars(during, durationMs, { x: 24, y: below + 16, width: width - 48 }, visible);
  const written = during.filter(({ what }) => what === "written").length;
  const failed = during.filter((answer) => answer.failed).length;
  const slowest = Math.max(...during.map(({ ms }) => ms));
  const count = (n) => n.toLocaleString("en-US");
  const told = `meanwhile: ${count(written)} calls written by the webhook, ${count(during.length - written)} looks of the dashboard, ${failed === 0 ? "none failed" : `${count(failed)} failed`}, the slowest ${count(Math.round(slowest))} ms`;
  const sum = `<g ${visible(durationMs)}>${wrap(told, columns)
    .map((line, n) => renderLine(line, below + barHeight + 36 + n * 18))
    .join("")}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="ssot migrate on ${count(size.calls)} calls, while others write and read: ${quoted(told)}">
<style>
${theme}
.goes{visibility:hidden}
${styles.join("\n")}
@media (prefers-reduced-motion:no-preference){.stays,.goes{animation-duration:${total}ms;animation-iteration-count:infinite;animation-timing-function:step-end}}
</style>
<rect width="100%" height="100%" rx="8" fill="#14171a"/>
<circle cx="22" cy="20" r="5" fill="#56606a"/><circle cx="40" cy="20" r="5" fill="#56606a"/><circle cx="58" cy="20" r="5" fill="#56606a"/>
${renderLine("$ ssot migrate", top)}
${lines.join("\n")}
<text x="24" y="${below}" class="dim">answers of webhook and dashboard, each quarter of a second</text>
${bars}
${sum}
</svg>
`;
}

/** What stood in which line from when to when: a line that was drawn anew is one each time. */
function screens(writes) {
  const mark = "\r\u001b[2K";
  const shown = [];
  let row = 0;
  let drawn;
  const end = (at) => {
    // A line that stood for less than two frames of an eye is not drawn.
    if (drawn !== undefined && at - drawn.from >= 80) shown.push({ ...drawn, to: at });
    drawn = undefined;
  };
  for (const { at, text } of writes) {
    for (const part of text.split(mark)) {
      if (part === "" && !text.includes(mark)) continue;
      end(at);
      const lines = part.split("\n");
      for (const line of lines.slice(0, -1)) {
        if (line !== "") shown.push({ text: line, row, from: at });
        row += 1;
      }
      const open = lines.at(-1) ?? "";
      if (open !== "") drawn = { text: open, row, from: at };
    }
  }
  return shown;
}

function drawBars(answers, durationMs, { x, y, width }, visible) {
  const buckets = Array.from({ length: Math.ceil(durationMs / bucketMs) }, () => ({ n: 0, slowest: 0 }));
  for (const { at, ms } of answers) {
    const bucket = buckets[Math.min(buckets.length - 1, Math.floor(at / bucketMs))];
    bucket.n += 1;
    bucket.slowest = Math.max(bucket.slowest, ms);
  }
  const most = Math.max(...buckets.map(({ n }) => n));
  const step = width / buckets.length;
  return buckets
    .map(({ n, slowest }, place) => {
      const tall = (barHeight * n) / most;
      const bar = `<rect x="${(x + place * step).toFixed(1)}" y="${(y + barHeight - tall).toFixed(1)}" width="${Math.max(1, step - 1).toFixed(1)}" height="${tall.toFixed(1)}" class="good"><title>${n * (1000 / bucketMs)} a second, slowest ${Math.round(slowest)} ms</title></rect>`;
      return `<g ${visible((place + 1) * bucketMs)}>${bar}</g>`;
    })
    .join("\n");
}

function wrap(text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
