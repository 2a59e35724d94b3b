import type { Command } from "commander";
import type { FinalizeReport } from "../../core/finalize.ts";
import type { Target } from "../../db/target.ts";
import { ask, mustAsk, refuseSilence } from "../confirm.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
import { printReport } from "../print-report.ts";
import { addPatience, type RunFlags, trustRole, withRunOptions } from "../run-options.ts";
import { storyOf, withTarget } from "../with-target.ts";

interface FinalizeFlags extends RunFlags {
  readonly dryRun?: true;
  readonly only?: string;
}

/** `ssot finalize`: removes what a rollback would put back, and every other value that the tool keeps. */
export function defineFinalize(program: Command, register: Register): void {
  const command = program
    .command("finalize")
    .summary("end reversibility: remove the personal data that a rollback needs")
    .description(
      "Removes journals, archive, set-aside contacts and audit rows. The migrations stay applied; afterwards a rollback can take back the schema alone.",
    )
    .option("--dry-run", "show what would be removed; change nothing")
    .option("--only <name>", "what is kept of one deprecation: the name, or the 14 digits, of its mark or its drop");
  addPatience(command)
    .addOption(trustRole())
    .addHelpText("after", helpText(["ssot finalize --dry-run", "ssot finalize --yes"], [0, 2, 3, 5, 6, 130]));
  register<FinalizeFlags>(command, async (invocation, flags) => {
    if (!flags.dryRun)
      refuseSilence(invocation, "finalize asks before it removes anything", "Look first: ssot finalize --dry-run");
    return withTarget(invocation, (target) => handleFinalize(invocation, flags, target));
  });
}

async function handleFinalize(invocation: Invocation, flags: FinalizeFlags, target: Target): Promise<number> {
  const directory = await storyOf(invocation);
  const { only } = flags;
  const { finalize, planFinalize } = await import("../../core/finalize.ts");
  const { renderFinalize } = await import("../../report/render-finalize.ts");
  const lookAhead = (): Promise<FinalizeReport> =>
    untilInterrupted(planFinalize({ target, directory, only, trustRoles: flags.trustRole }), invocation.signal);
  if (flags.dryRun) {
    await printReport(invocation, await lookAhead(), renderFinalize);
    return 0;
  }
  if (mustAsk(invocation)) await confirmFinalize(invocation, target, await lookAhead());
  const report = await withRunOptions(invocation, flags, target, (options) => finalize({ ...options, only }));
  await printReport(invocation, report, renderFinalize);
  return 0;
}

async function confirmFinalize(invocation: Invocation, target: Target, report: FinalizeReport): Promise<void> {
  if (report.removed.length === 0) return;
  const { describeTarget } = await import("../../db/target.ts");
  const { listKeptData } = await import("../../report/render-finalize.ts");
  const lines = listKeptData(report).map((line) => `${line}\n`);
  const from = target.source === ".env" ? ", which .env names" : "";
  await ask(invocation, `${lines.join("")}Remove this for good in ${describeTarget(target)}${from}?`);
}
