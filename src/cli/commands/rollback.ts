import { type Command, Option } from "commander";
import type { PlanRollbackOptions } from "../../core/plan-rollback.ts";
import type { RollbackReport } from "../../core/rollback.ts";
import type { Target } from "../../db/target.ts";
import { visible } from "../../model/visible.ts";
import { ask, mustAsk, refuseSilence } from "../confirm.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
import { widthOf } from "../io.ts";
import { printReport } from "../print-report.ts";
import { addRunOptions, type RunFlags, withRunOptions } from "../run-options.ts";
import { storyOf, withTarget } from "../with-target.ts";

interface RollbackFlags extends RunFlags {
  readonly to?: string;
  readonly all?: true;
  readonly only?: string;
  readonly schemaOnly?: true;
  readonly dryRun?: true;
}

/** `ssot rollback`: takes the last migration back, or more of them, with the data they changed. */
export function defineRollback(program: Command, register: Register): void {
  const command = program
    .command("rollback")
    .summary("take migrations back, with the data they changed")
    .description("Takes the last applied migration back: schema and data. What was changed since is kept.")
    .option("--dry-run", "show what would be taken back; change nothing")
    .option("--to <name>", "down to this migration, which stays: its name, or its 14 digits")
    .addOption(new Option("--all", "every migration").conflicts("to"))
    .addOption(
      new Option(
        "--only <name>",
        "one deprecation: its drop if that is applied, else its mark; the later ones stay",
      ).conflicts(["to", "all"]),
    )
    .option("--schema-only", "after ssot finalize: take back the schema, leave the data");
  addRunOptions(command).addHelpText(
    "after",
    helpText(["ssot rollback --all --dry-run", "ssot rollback --yes"], [0, 2, 3, 4, 5, 6, 130]),
  );
  register<RollbackFlags>(command, async (invocation, flags) => {
    if (!flags.dryRun)
      refuseSilence(invocation, "rollback asks before it changes anything", "Look first: ssot rollback --dry-run");
    return withTarget(invocation, (target) => handleRollback(invocation, flags, target));
  });
}

async function handleRollback(invocation: Invocation, flags: RollbackFlags, target: Target): Promise<number> {
  const directory = await storyOf(invocation);
  const { to, all = false, only, schemaOnly = false } = flags;
  const which = { target, directory, to, all, only, schemaOnly, trustRoles: flags.trustRole };
  if (flags.dryRun) {
    await printPlan(invocation, flags, await lookAhead(invocation, which));
    return 0;
  }
  if (mustAsk(invocation)) await confirmRollback(invocation, target, await lookAhead(invocation, which));
  const { rollback } = await import("../../core/rollback.ts");
  const report = await withRunOptions(invocation, flags, target, (options) => rollback({ ...options, ...which }));
  const { renderRollback } = await import("../../report/render-rollback.ts");
  await printReport(invocation, report, renderRollback);
  return 0;
}

async function confirmRollback(
  invocation: Invocation,
  target: Target,
  { pending = [] }: RollbackReport,
): Promise<void> {
  if (pending.length === 0) return;
  const { describeTarget } = await import("../../db/target.ts");
  const [{ renderPending }, { createStyle }, { visibleReport }] = await Promise.all([
    import("../../report/render-rollback.ts"),
    import("../../report/style.ts"),
    import("../../report/visible-report.ts"),
  ]);
  const style = createStyle({ color: false, width: widthOf(invocation.io.stderr) });
  const lines = renderPending(visibleReport(pending), style, { verbose: false });
  const from = target.source === ".env" ? ", which .env names" : "";
  await ask(invocation, `${lines.join("\n")}\nTake this back in ${describeTarget(target)}${from}?`);
}

async function lookAhead({ signal }: Invocation, which: PlanRollbackOptions): Promise<RollbackReport> {
  const { planRollback } = await import("../../core/plan-rollback.ts");
  return untilInterrupted(planRollback(which), signal);
}

async function printPlan(
  invocation: Invocation,
  { to, all, only, schemaOnly }: RollbackFlags,
  report: RollbackReport,
): Promise<void> {
  const { renderRollbackPlan } = await import("../../report/render-rollback.ts");
  const apply = [
    "ssot rollback",
    ...(all ? ["--all"] : []),
    ...(to === undefined ? [] : [`--to ${to}`]),
    ...(only === undefined ? [] : [`--only ${only}`]),
    ...(schemaOnly ? ["--schema-only"] : []),
  ].join(" ");
  const view = { verbose: invocation.options.verbose ?? false, apply: visible(apply) };
  await printReport(invocation, report, (plan, style) => renderRollbackPlan(plan, style, view));
}
