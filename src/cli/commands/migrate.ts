import { type Command, Option } from "commander";
import type { MigrateOptions } from "../../core/migrate.ts";
import type { PlanReport } from "../../core/plan.ts";
import type { DrawUpOptions } from "../../core/plan-document/draw-up.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import { visible } from "../../model/visible.ts";
import { suggest } from "../completion/suggestions.ts";
import { confirmSource } from "../confirm.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
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
import {
  addRunOptions,
  allow,
  asksOf,
  onUnfixablePhone,
  type ReaderFlags,
  type RunFlags,
  reads,
  replaceView,
  withRunOptions,
} from "../run-options.ts";
import { storyOf, withTarget } from "../with-target.ts";

interface MigrateFlags extends RunFlags, ReaderFlags, PlanFlags, PaceFlags {
  readonly to?: string;
  readonly phase: "1" | "3";
  readonly only?: readonly string[];
  readonly with?: readonly string[];
  readonly force?: true;
  readonly reason?: string;
  readonly onUnfixablePhone: "abort" | "quarantine";
  readonly replaceView?: true;
  readonly verify: boolean;
}

/** `ssot migrate`: applies what is pending, or with `--dry-run` shows what that would do. */
export function defineMigrate(program: Command, register: Register): void {
  const command = program
    .command("migrate")
    .summary("apply the pending migrations")
    .description(
      "Applies the pending migrations in order. With none pending, the pack unknown-caller links the calls that came since.",
    )
    .option("--dry-run", "show steps, locks and rows; change nothing");
  addPlanOptions(command)
    .option("--to <name>", "up to this migration: its name, or its 14 digits")
    .addOption(new Option("--phase <n>", "3: also drop the deprecated columns").choices(["1", "3"]).default("1"))
    .addOption(
      new Option(
        "--only <name>",
        "with --phase 3: this drop alone, by the name or the digits of its file or its mark; repeatable",
      ).argParser((name: string, before: readonly string[] = []) => [...before, name]),
    )
    .option("--with <name...>", "also apply an optional migration: search")
    .option("--force", "drop although time, writers or readers speak against it; needs --phase 3 and --reason")
    .option("--reason <text>", "why --force; kept in the ledger");
  command.addOption(reads()).addOption(allow("a role whose reads and writes do not close the gate"));
  addPaceOptions(addRunOptions(command, onUnfixablePhone(), replaceView()))
    .option("--no-verify", "do not check afterwards what was applied")
    .addHelpText(
      "after",
      helpText(
        ["ssot migrate --dry-run", "ssot migrate --database-url postgres://user@host/db"],
        [0, 2, 3, 4, 5, 6, 130],
      ),
    );
  suggest(command, "--with", () => ["search"]);
  register<MigrateFlags>(command, (invocation, flags) =>
    handleMigrate(invocation, flags, (name) => command.getOptionValueSource(name) === "cli"),
  );
}

/** Whether an option was given on the command line. */
type IsGiven = (name: keyof MigrateFlags) => boolean;

async function handleMigrate(invocation: Invocation, flags: MigrateFlags, isGiven: IsGiven): Promise<number> {
  refuseStrayPlanFlags(flags);
  if (flags.plan !== undefined) return follow(invocation, flags, isGiven);
  const force = readForce(flags);
  if (flags.only !== undefined && flags.phase !== "3") {
    throw new SsotError("USAGE", "--only is for --phase 3 only", {
      hint: "Expected: ssot migrate --phase 3 --only NAME",
    });
  }
  return withTarget(invocation, (target) =>
    flags.dryRun ? showPlan(invocation, flags, force, target) : apply(invocation, flags, { force }, target),
  );
}

async function follow(invocation: Invocation, flags: MigrateFlags, isGiven: IsGiven): Promise<number> {
  const plan = await readPlan(invocation, flags, "migrate");
  if (plan !== undefined) {
    const { options } = plan.document;
    const said: readonly (readonly [keyof MigrateFlags, name: string, planned: unknown])[] = [
      ["to", "--to", options.to],
      ["phase", "--phase", options.phase3 ? "3" : "1"],
      ["only", "--only", options.only],
      ["with", "--with", options.with],
      ["force", "--force", options.force !== null],
      ["reason", "--reason", options.force?.reason],
      ["onUnfixablePhone", "--on-unfixable-phone", options.onUnfixablePhone],
      ["replaceView", "--replace-view", options.replaceView],
      ["reads", "--reads", options.reads],
      ["allow", "--allow", options.allow],
      ["userTriggers", "--user-triggers", options.userTriggers],
      ["trustRole", "--trust-role", options.trustRoles],
    ];
    refuseContradictions(
      said.filter(([flag]) => isGiven(flag)).map(([flag, name, planned]) => [name, flags[flag], planned]),
    );
  }
  return withTarget(invocation, (target) => apply(invocation, flags, { plan }, target));
}

async function apply(
  invocation: Invocation,
  flags: MigrateFlags,
  approved: Pick<MigrateOptions, "force" | "plan">,
  target: Target,
): Promise<number> {
  const { describeTarget } = await import("../../db/target.ts");
  await confirmSource(invocation, target, describeTarget(target));
  const { migrate } = await import("../../core/migrate.ts");
  const asks = await asksOf(invocation, flags);
  const run = (pace: MigrateOptions["pace"]) =>
    withRunOptions(invocation, flags, target, (options) =>
      migrate({
        ...options,
        pace,
        to: flags.to,
        phase3: flags.phase === "3",
        drops: flags.only,
        optional: flags.with,
        ...approved,
        asks,
        onUnfixablePhone: flags.onUnfixablePhone,
        replaceView: flags.replaceView,
        verify: flags.verify,
      }),
    );
  const report = await withPace(invocation, flags, run);
  const { renderMigrate } = await import("../../report/render-migrate.ts");
  await printReport(invocation, report, renderMigrate);
  return 0;
}

async function showPlan(
  invocation: Invocation,
  flags: MigrateFlags,
  force: MigrateOptions["force"],
  target: Target,
): Promise<number> {
  const { createProgress } = await import("../progress.ts");
  const { to, phase, with: optional, onUnfixablePhone, replaceView, trustRole } = flags;
  const options: DrawUpOptions = {
    target,
    directory: await storyOf(invocation),
    to,
    phase3: phase === "3",
    drops: flags.only,
    optional,
    force,
    onUnfixablePhone,
    replaceView,
    trustRoles: trustRole,
    userTriggers: flags.userTriggers ?? "refuse",
    asks: await asksOf(invocation, flags),
    progress: {},
  };
  return withPlanFiles(invocation, flags, "migrate", async (files) => {
    const { begin, close } = createProgress(invocation);
    begin("counting rows");
    const report = await untilInterrupted(look(options, files), invocation.signal).finally(close);
    const { renderPlan } = await import("../../report/render-plan.ts");
    const view = {
      verbose: invocation.options.verbose ?? false,
      apply: visible(files.apply ?? applyCommand(flags)),
      answer: [applyCommand(withoutAnswered(flags, report.answers)), ...report.answers].map(visible),
      triggersFire: flags.userTriggers === "fire",
      gentle: flags.pace === "gentle",
    };
    await printReport(invocation, report, (plan, style) => renderPlan(plan, style, view));
    return 0;
  });
}

async function look(options: DrawUpOptions, files: PlanFiles): Promise<PlanReport> {
  if (files.apply === undefined) {
    const { plan } = await import("../../core/plan.ts");
    return plan(options);
  }
  const { drawUpPlan } = await import("../../core/plan-document/draw-up.ts");
  const { report, document } = await drawUpPlan(options);
  await files.write(document);
  return report;
}

// An answer takes the place of what was said to the contrary.
function withoutAnswered(flags: MigrateFlags, answers: readonly string[]): MigrateFlags {
  if (!answers.includes("--user-triggers fire")) return flags;
  const { userTriggers: _, ...others } = flags;
  return others;
}

/** Throws USAGE unless `--force` comes with `--phase 3` and a reason, and `--reason` with `--force`. */
function readForce({ force, phase, reason }: MigrateFlags): MigrateOptions["force"] {
  const hint = 'Expected: ssot migrate --phase 3 --force --reason "why"';
  if (!force) {
    if (reason !== undefined) throw new SsotError("USAGE", "--reason is for --force only", { hint });
    return undefined;
  }
  if (phase !== "3") throw new SsotError("USAGE", "--force is for --phase 3 only", { hint });
  if (reason === undefined || reason.trim() === "") throw new SsotError("USAGE", "--force needs a reason", { hint });
  return { reason: reason.trim() };
}

function applyCommand(flags: MigrateFlags): string {
  const {
    to,
    phase,
    only = [],
    reason,
    with: optional = [],
    onUnfixablePhone,
    replaceView,
    userTriggers,
    trustRole = [],
    reads,
    allow = {},
    pace,
  } = flags;
  return [
    "ssot migrate",
    ...(to === undefined ? [] : [`--to ${to}`]),
    ...(phase === "3" ? ["--phase 3"] : []),
    ...only.map((name) => `--only ${name}`),
    ...(reason === undefined ? [] : [`--force --reason '${reason.replaceAll("'", "'\\''")}'`]),
    ...(optional.length === 0 ? [] : [`--with ${optional.join(" ")}`]),
    ...(onUnfixablePhone === "quarantine" ? ["--on-unfixable-phone quarantine"] : []),
    ...(replaceView ? ["--replace-view"] : []),
    ...(userTriggers === undefined ? [] : [`--user-triggers ${userTriggers}`]),
    ...(pace === "auto" ? [] : [`--pace ${pace}`]),
    ...trustRole.map((role) => `--trust-role ${role}`),
    ...(reads === "require" ? ["--reads require"] : []),
    ...Object.entries(allow).map(([role, until]) => `--allow ${role}${until === null ? "" : `=${until}`}`),
  ].join(" ");
}
