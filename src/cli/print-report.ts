import type { Style } from "../report/style.ts";
import type { Invocation } from "./invocation.ts";
import { wantsColor, widthOf } from "./io.ts";

/** Writes a report to stdout: as JSON with `--json`, else as the text that `render` makes of it. */
export async function printReport<R>(
  { io, options }: Invocation,
  report: R,
  render: (report: R, style: Style) => string,
): Promise<void> {
  if (options.json) {
    io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const { createStyle } = await import("../report/style.ts");
  const color = wantsColor(io.stdout, io.env, options.color);
  io.stdout.write(`${render(report, createStyle({ color, width: widthOf(io.stdout) }))}\n`);
}
