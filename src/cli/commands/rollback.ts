import { type Command, Option } from "commander";
import type { RollbackPlan } from "../../core/plan-document/document.ts";
import type { DrawUpRollbackOptions } from "../../core/plan-document/draw-up-rollback.ts";
import type { PlanRollbackOptions } from "../../core/plan-rollback.ts";
import type { RollbackOptions, RollbackReport } from "../../core/rollback.ts";
import type { Target } from "../../db/target.ts";
import { visible } from "../../model/visible.ts";
import { ask, mustAsk, refuseSilence } from "../confirm.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
import { widthOf } from "../io.ts";
import { addPaceOptions, type PaceFlags, withPace } from "../pace-options.ts";
import {
  addPlanOptions,
  type PlanFiles,
  type PlanFlags,
  readPlan,
  refuseContradictions,
  refuseStrayPlanFlags,
  withPlanFiles,
} from "../plan-files.ts";
import { printReport } from "../print-report.ts";
import { addRunOptions, type RunFlags, withRunOptions } from "../run-options.ts";
import { storyOf, withTarget } from "../with-target.ts";

interface RollbackFlags extends RunFlags, PlanFlags, PaceFlags {
  readonly to?: string;
  readonly all?: true;
  readonly only?: string;
  readonly schemaOnly?: true;
}

/** `ssot rollback`: takes the last migration back, or more of them, with the data they changed. */
export function defineRollback(program: Command, register: Register): void {
  const command = program
    .command("rollback")
    .summary("take migrations back, with the data they changed")
    .description(
      "Takes the last applied migration back: schema, and data as far as it is kept. What somebody changed since stays. --dry-run counts all of it first.",
    )
    .option("--dry-run", "show what would come back, stay, be gone and be lost; change nothing");
  addPlanOptions(command)
    .option("--to <name>", "down to this migration, which stays: its name, or its 14 digits")
    .addOption(new Option("--all", "every migration").conflicts("to"))
    .addOption(
      new Option(
        "--only <name>",
        "one deprecation: its drop if that is applied, else its mark; the later ones stay",
      ).conflicts(["to", "all"]),
    )
    .option("--schema-only", "after ssot finalize: take back the schema, leave the data");
  addPaceOptions(addRunOptions(command)).addHelpText(
    "after",
    helpText(["ssot rollback --all --dry-run", "ssot rollback --yes"], [0, 2, 3, 4, 5, 6, 130]),
  );
  register<RollbackFlags>(command, async (invocation, flags) => {
    refuseStrayPlanFlags(flags);
    const plan = await readPlan(invocation, flags, "rollback");
    if (plan !== undefined) {
      refuseOtherOptions(flags, (name) => command.getOptionValueSource(name) === "cli", plan.document);
    }
    if (!flags.dryRun)
      refuseSilence(invocation, "rollback asks before it changes anything", "Look first: ssot rollback --dry-run");
    return withTarget(invocation, (target) => handleRollback(invocation, flags, target, plan));
  });
}

async function handleRollback(
  invocation: Invocation,
  flags: RollbackFlags,
  target: Target,
  plan: RollbackOptions["plan"],
): Promise<number> {
  const directory = await storyOf(invocation);
  const { to, all = false, only, schemaOnly = false, trustRole: trustRoles, userTriggers = "refuse" } = flags;
  const { rollbackOptionsOf } = await import("../../core/plan-document/options-of.ts");
  const told: DrawUpRollbackOptions = { target, directory, to, all, only, schemaOnly, trustRoles, userTriggers };
  const which = plan === undefined ? told : { ...told, ...rollbackOptionsOf(plan.document) };
  if (flags.dryRun) {
    return withPlanFiles(invocation, flags, "rollback", async (files) => {
      await printPlan(invocation, flags, files.apply, await untilInterrupted(look(which, files), invocation.signal));
      return 0;
    });
  }
  if (mustAsk(invocation)) await confirmRollback(invocation, target, await lookAhead(invocation, which));
  const { rollback } = await import("../../core/rollback.ts");
  const report = await withPace(invocation, flags, (pace) =>
    withRunOptions(invocation, flags, target, (options) => rollback({ ...options, ...which, plan, pace })),
  );
  const { renderRollback } = await import("../../report/render-rollback.ts");
  await printReport(invocation, report, renderRollback);
  return 0;
}

/** Throws USAGE for an option of the command line that says something else than the plan. */
function refuseOtherOptions(
  flags: RollbackFlags,
  isGiven: (name: keyof RollbackFlags) => boolean,
  { options }: RollbackPlan,
): void {
  const said: readonly (readonly [keyof RollbackFlags, name: string, planned: unknown])[] = [
    ["to", "--to", options.to],
    ["all", "--all", options.all],
    ["only", "--only", options.only],
    ["schemaOnly", "--schema-only", options.schemaOnly],
    ["userTriggers", "--user-triggers", options.userTriggers],
    ["trustRole", "--trust-role", options.trustRoles],
  ];
  const given = said.filter(([flag]) => isGiven(flag));
  refuseContradictions(given.map(([flag, name, planned]) => [name, flags[flag], planned]));
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

async function look(which: DrawUpRollbackOptions, files: PlanFiles): Promise<RollbackReport> {
  if (files.apply === undefined) {
    const { planRollback } = await import("../../core/plan-rollback.ts");
    return planRollback(which);
  }
  const { drawUpRollback } = await import("../../core/plan-document/draw-up-rollback.ts");
  const { report, document } = await drawUpRollback(which);
  await files.write(document);
  return report;
}

async function printPlan(
  invocation: Invocation,
  { to, all, only, schemaOnly }: RollbackFlags,
  follow: string | undefined,
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
  const view = { verbose: invocation.options.verbose ?? false, apply: visible(follow ?? apply) };
  await printReport(invocation, report, (plan, style) => renderRollbackPlan(plan, style, view));
}
