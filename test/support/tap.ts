export interface TapPoint {
  readonly ok: boolean;
  readonly number: number;
  readonly description: string;
  readonly skip: string | undefined;
  readonly diagnostics: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads TAP 14 as strictly as its grammar (https://testanything.org/tap-version-14-specification.html) has it for documents
 * without subtests: version first, one plan, points numbered from 1, a YAML block after its point alone. Throws for anything else.
 */
export function parseTap(text: string): readonly TapPoint[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last line does not end");
  if (lines.shift() !== "TAP version 14") throw new Error("no version");
  let plan: number | undefined;
  const points: TapPoint[] = [];
  for (let place = 0; place < lines.length; place += 1) {
    const line = lines[place] ?? "";
    const planned = /^1\.\.(\d+)$/.exec(line);
    const point = /^(ok|not ok) (\d+) - ((?:[^\\#]|\\[\\#])*?)(?: # SKIP (.+))?$/.exec(line);
    if (line.startsWith("# ")) continue;
    if (planned !== null && plan === undefined) plan = Number(planned[1]);
    else if (point !== null) {
      const [, verdict, number, description = "", skip] = point;
      const block = lines[place + 1] === "  ---" ? lines.slice(place + 2, lines.indexOf("  ...", place)) : undefined;
      if (block !== undefined) place += block.length + 2;
      points.push({
        ok: verdict === "ok",
        number: Number(number),
        description: description.replace(/\\([\\#])/g, "$1"),
        skip,
        diagnostics: block === undefined ? undefined : Object.fromEntries(block.map(readPair)),
      });
    } else throw new Error(`no line of TAP: ${line}`);
  }
  if (plan !== points.length) throw new Error(`planned ${plan}, found ${points.length}`);
  if (points.some(({ number }, place) => number !== place + 1)) throw new Error("the numbers are not in order");
  return points;
}

// Of YAML what is JSON.
function readPair(line: string): readonly [string, unknown] {
  const [, name = "", value] = /^ {2}([a-z_]+): (.+)$/.exec(line) ?? [];
  if (value === undefined) throw new Error(`no pair of a YAML block: ${line}`);
  return [name, JSON.parse(value)];
}
