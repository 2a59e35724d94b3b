import type { Command } from "commander";
import type { StatusReport } from "../../core/status.ts";
import type { Target } from "../../db/target.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
import { wholeNumber } from "../parse-number.ts";
import { printReport } from "../print-report.ts";
import { allow, asksOf, column, type ReaderFlags, type RunFlags, reads, trustRole } from "../run-options.ts";
import { storyOf, withTarget } from "../with-target.ts";

interface StatusFlags extends Pick<RunFlags, "trustRole">, ReaderFlags {
  readonly exitCode?: true;
  readonly column?: string;
  /** In seconds; true: two. */
  readonly watch?: number | true;
}

/** `ssot status`: what is applied, pending, held, half-way or changed, and what is deprecated since when. */
export function defineStatus(program: Command, register: Register): void {
  const command = program
    .command("status")
    .summary("show what is applied, and what is deprecated")
    .description("Shows where each migration stands, and what is deprecated since when. Changes nothing.")
    .option("--exit-code", "exit 1 when anything is pending, half-way, changed or missing")
    .option(
      "--watch [seconds]",
      "where a run of another session stands, and what slows it, until none is left; every 2 seconds",
      wholeNumber(1, 3600),
    )
    .addOption(column())
    .addOption(allow("do not count this role"))
    .addOption(reads())
    .addOption(trustRole())
    .addHelpText(
      "after",
      helpText(["ssot status", "ssot status --exit-code --json", "ssot status --watch"], [0, 1, 2, 3, 130]),
    );
  register<StatusFlags>(command, (invocation, flags) =>
    withTarget(invocation, (target) => handleStatus(invocation, flags, target)),
  );
}

async function handleStatus(invocation: Invocation, flags: StatusFlags, target: Target): Promise<number> {
  if (flags.watch !== undefined) return watch(invocation, flags, target, flags.watch);
  const { status } = await import("../../core/status.ts");
  const directory = await storyOf(invocation);
  const { column, trustRole: trustRoles } = flags;
  const asked = status({ target, directory, column, asks: await asksOf(invocation, flags), trustRoles });
  // Loaded while the database answers.
  const [report, { renderStatus }] = await Promise.all([
    untilInterrupted(asked, invocation.signal),
    import("../../report/render-status.ts"),
  ]);
  await printReport(invocation, report, renderStatus);
  return flags.exitCode && isUnfinished(report) ? 1 : 0;
}

async function watch(
  invocation: Invocation,
  { trustRole: trustRoles }: StatusFlags,
  target: Target,
  seconds: number | true,
): Promise<number> {
  const { watchStatus } = await import("../watch-status.ts");
  const everyMs = (seconds === true ? 2 : seconds) * 1000;
  await watchStatus(invocation, { target, directory: await storyOf(invocation), everyMs, trustRoles });
  return 0;
}

function isUnfinished({ migrations }: StatusReport): boolean {
  return migrations.some(({ state }) => !["applied", "held", "optional"].includes(state));
}
