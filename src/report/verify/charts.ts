import type { VerifyReport } from "../../core/verify.ts";
import { formatCount, formatDay } from "../format.ts";
import { escapeMarkup } from "./escape.ts";

const width = 640;

/** A horizontal bar cut into parts, with a legend in words; a part of nothing is left out. */
export function stackedBar(
  label: string,
  parts: readonly { readonly name: string; readonly n: number; readonly tone: string }[],
): string {
  const total = parts.reduce((sum, { n }) => sum + n, 0);
  const shown = parts.filter(({ n }) => n > 0);
  const words = shown.map(({ name, n }) => `${name} ${formatCount(n)} (${((100 * n) / total).toFixed(1)} %)`);
  let x = 0;
  const cuts = shown.map(({ n, tone }) => {
    const wide = (width * n) / total;
    const cut = `<rect x="${x.toFixed(1)}" y="0" width="${wide.toFixed(1)}" height="20" class="${tone}"/>`;
    x += wide;
    return cut;
  });
  const legend = shown.map(({ tone }, place) => `<li><i class="${tone}"></i>${escapeMarkup(words[place] ?? "")}</li>`);
  return `<figure><figcaption>${escapeMarkup(label)}</figcaption>${
    total === 0
      ? `<p class="dim">no call</p>`
      : `${drawing(20, `${label}: ${words.join(", ")}`, cuts)}<ul class="legend">${legend.join("")}</ul>`
  }</figure>`;
}

/** Audited writes a day, from the first day that had any to the last; a day without one is a gap. */
export function dailyBars(writes: VerifyReport["writes"]): string {
  const sums = new Map<string, number>();
  for (const { day, writes: n } of writes) sums.set(day, (sums.get(day) ?? 0) + n);
  const days = [...sums.keys()].toSorted();
  const [first = "", last = first] = [days[0], days.at(-1)];
  const most = Math.max(1, ...sums.values());
  const between = daysBetween(first, last);
  const wide = Math.min(48, (0.8 * width) / (between + 1));
  const bars = days.map((day) => {
    const high = Math.max(2, (100 * (sums.get(day) ?? 0)) / most);
    // The first at the left end and the last at the right one, where their days stand below.
    const x = between === 0 ? 0 : (daysBetween(first, day) / between) * (width - wide);
    return `<rect x="${x.toFixed(1)}" y="${(100 - high).toFixed(1)}" width="${wide.toFixed(1)}" height="${high.toFixed(1)}" class="look"/>`;
  });
  const words = days.map((day) => `${day}: ${formatCount(sums.get(day) ?? 0)}`).join(", ");
  const span = `${first}${first === last ? "" : ` to ${last}`}, at most ${formatCount(most)} a day`;
  return `<figure><figcaption>Writes to deprecated columns by day: ${escapeMarkup(span)}</figcaption>${axes([formatCount(most), "0"], [first, last], drawing(100, words, bars))}</figure>`;
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** The share of linked calls over recorded runs, one line a direction. */
export function trendLines(runs: VerifyReport["trend"]): string {
  const lines = (["inbound", "outbound"] as const).map((direction) => {
    const shares = runs.map(({ coverage }) => {
      const found = coverage.directions.find((each) => each.direction === direction);
      return found === undefined || found.linkable === 0 ? undefined : found.linkableLinked / found.linkable;
    });
    return { direction, shares };
  });
  const step = runs.length < 2 ? 0 : (width - 20) / (runs.length - 1);
  const drawn = lines.map(({ direction, shares }) => {
    const points = shares.flatMap((share, place) =>
      share === undefined ? [] : [`${(10 + place * step).toFixed(1)},${(110 - 100 * share).toFixed(1)}`],
    );
    const dots = points.map((point) => {
      const [x, y] = point.split(",");
      return `<circle cx="${x}" cy="${y}" r="3" class="dot-${direction}"/>`;
    });
    return `<polyline points="${points.join(" ")}" class="line-${direction}"/>${dots.join("")}`;
  });
  const last = lines.flatMap(({ direction, shares }) => {
    const share = shares.at(-1);
    return share === undefined ? [] : [`${direction} ${(100 * share).toFixed(1)} %`];
  });
  const label = `Linked calls of those that can be linked, over ${runs.length} recorded runs; last: ${last.join(", ")}`;
  return `<figure><figcaption>${escapeMarkup(label)}</figcaption>${axes(
    ["100 %", "50 %", "0 %"],
    runs.length === 0 ? [] : [dayOf(runs[0]), dayOf(runs.at(-1))],
    drawing(120, label, [
      `<line x1="0" y1="10" x2="${width}" y2="10" class="rule"/><line x1="0" y1="60" x2="${width}" y2="60" class="rule"/><line x1="0" y1="110" x2="${width}" y2="110" class="rule"/>`,
      ...drawn,
    ]),
  )}<ul class="legend"><li><i class="inbound"></i>inbound, solid</li><li><i class="outbound"></i>outbound, dashed</li></ul></figure>`;
}

function dayOf(run: VerifyReport["trend"][number] | undefined): string {
  return run === undefined ? "" : formatDay(run.recordedAt);
}

// Beside the drawing, which is stretched: letters in it would be, too. Its description says the same to those who hear it.
function axes(upright: readonly string[], along: readonly string[], drawn: string): string {
  const words = (texts: readonly string[]): string =>
    [...new Set(texts)].map((text) => `<span>${escapeMarkup(text)}</span>`).join("");
  return `<div class="chart"><div class="upright" aria-hidden="true">${words(upright)}</div>${drawn}<div class="along" aria-hidden="true">${words(along)}</div></div>`;
}

function drawing(height: number, description: string, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" style="height:${height}px" role="img" aria-label="${escapeMarkup(description)}">${parts.join("")}</svg>`;
}
