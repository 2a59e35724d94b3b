import type { WatchOptions } from "../core/watch/watch-runs.ts";
import { SsotError } from "../model/errors.ts";
import { attest } from "../model/evidence.ts";
import { unguarded } from "./guarded-io.ts";
import type { Invocation } from "./invocation.ts";
import { wantsColor, widthOf } from "./io.ts";

/**
 * Shows where a run of another session stands, until none is left: on a terminal drawn anew each time, elsewhere a line each time, with
 * `--json` a document a line. Throws INTERRUPTED after an abort.
 */
export async function watchStatus(
  { io, options, signal, evidence }: Invocation,
  watched: Omit<WatchOptions, "signal">,
): Promise<void> {
  const [{ watchRuns }, { renderRunLine, renderRunView }, { renderJsonLine }, { createStyle }, { visibleReport }] =
    await Promise.all([
      import("../core/watch/watch-runs.ts"),
      import("../report/render-run-view.ts"),
      import("../report/json.ts"),
      import("../report/style.ts"),
      import("../report/visible-report.ts"),
    ]);
  const { stdout } = io;
  const redraws = stdout.isTTY === true && io.env.TERM !== "dumb" && !options.json;
  let drawn = 0;
  for await (const view of watchRuns({ ...watched, signal })) {
    if (options.json) stdout.write(`${renderJsonLine(attest(view, evidence.read()))}\n`);
    else if (!redraws) stdout.write(`${renderRunLine(visibleReport(view))}\n`);
    else {
      const color = wantsColor(stdout, io.env, options.color);
      const lines = renderRunView(visibleReport(view), createStyle({ color, width: widthOf(stdout) }));
      // Up to the first line that was drawn, and away with all of them: past the door, which lets no such order through.
      if (drawn > 0) unguarded(stdout).write(`\u001b[${drawn}A\r\u001b[J`);
      stdout.write(`${lines.join("\n")}\n`);
      drawn = lines.length;
    }
  }
  if (signal.aborted) throw new SsotError("INTERRUPTED", "interrupted; the run that was watched goes on");
}
