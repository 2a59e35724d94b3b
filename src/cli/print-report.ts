import { attest, evidenceOf } from "../model/evidence.ts";
import type { Style } from "../report/style.ts";
import type { Invocation } from "./invocation.ts";
import { wantsColor, widthOf } from "./io.ts";

/** Writes a report to stdout: as JSON with `--json`, else as the text that `render` makes of it. */
export async function printReport<R extends object>(
  { io, options, evidence }: Invocation,
  report: R,
  render: (report: R, style: Style) => string,
): Promise<void> {
  if (options.json) {
    const { renderJson } = await import("../report/json.ts");
    io.stdout.write(`${renderJson(attest(report, evidence.read()))}\n`);
    return;
  }
  const [{ renderEvidence }, { createStyle }, { visibleReport }] = await Promise.all([
    import("../report/evidence.ts"),
    import("../report/style.ts"),
    import("../report/visible-report.ts"),
  ]);
  const color = wantsColor(io.stdout, io.env, options.color);
  const style = createStyle({ color, width: widthOf(io.stdout) });
  io.stdout.write(
    `${renderEvidence(visibleReport(evidenceOf(report, evidence.read())), style)}\n${render(visibleReport(report), style)}\n`,
  );
}
