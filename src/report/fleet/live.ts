import { formatCount } from "../format.ts";
import { renderProgressBar, type StepProgress } from "../render-progress.ts";
import type { Style } from "../style.ts";

/** A target that is worked on. */
interface LiveRow {
  readonly name: string;
  /** What it is at; undefined: it has only begun. */
  readonly at: StepProgress | undefined;
  /** Whom it waits for. */
  readonly waits: string | undefined;
}

export interface LiveTable {
  readonly rows: readonly LiveRow[];
  /** How many ended how, in words, and how many there are. */
  readonly ended: readonly (readonly [word: string, count: number])[];
  readonly targets: number;
}

const widestName = 24;

/** What is going on, in no more lines than the terminal has, and none that it would break: a line a target at work, then the counts. */
export function renderLive({ rows, ended, targets }: LiveTable, style: Style, height: number): readonly string[] {
  const room = Math.max(1, height - 2);
  const shown = rows.length <= room ? rows : rows.slice(0, room - 1);
  const more = rows.length - shown.length;
  const widest = Math.min(widestName, Math.max(0, ...shown.map(({ name }) => name.length)));
  const done = ended.reduce((sum, [, count]) => sum + count, 0);
  const counts = ended.filter(([, count]) => count > 0).map(([word, count]) => `${formatCount(count)} ${word}`);
  return [
    ...shown.map((row) => describe(row, widest, style)),
    ...(more === 0 ? [] : [style.dim(`  and ${more} more at work`)]),
    cut([`${formatCount(done)} of ${formatCount(targets)} targets`, ...counts].join(" · "), style.width - 1),
  ];
}

function describe({ name, at, waits }: LiveRow, widest: number, style: Style): string {
  const head = `  ${cut(name, widest).padEnd(widest)}`;
  const room = style.width - head.length;
  if (waits !== undefined) return head + style.look(cut(`  waits for ${waits}`, room - 1));
  return at === undefined ? head : head + renderProgressBar(at, { ...style, width: room });
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
