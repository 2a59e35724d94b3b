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
    const { renderJson } = await import("../report/json.ts");
    io.stdout.write(`${renderJson(report)}\n`);
    return;
  }
  const [{ createStyle }, { visibleReport }] = await Promise.all([
    import("../report/style.ts"),
    import("../report/visible-report.ts"),
  ]);
  const color = wantsColor(io.stdout, io.env, options.color);
  io.stdout.write(`${render(visibleReport(report), createStyle({ color, width: widthOf(io.stdout) }))}\n`);
}
