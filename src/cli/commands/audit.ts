import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { AuditReport } from "../../core/audit/audit-deprecated.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import { ask, confirmSource, mustAsk, refuseSilence } from "../confirm.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
import { wholeNumber } from "../parse-number.ts";
import { parseSince } from "../parse-since.ts";
import { printReport } from "../print-report.ts";
import {
  addWait,
  allow,
  asksOf,
  column,
  type ReaderFlags,
  type RunFlags,
  reads,
  trustRole,
  withRunOptions,
} from "../run-options.ts";
import { storyOf, withTarget } from "../with-target.ts";

type Grouping = "column" | "writer" | "day" | "org";

interface RecordFlags extends Pick<RunFlags, "trustRole">, ReaderFlags {
  readonly replica?: readonly string[];
}

interface AuditFlags extends RecordFlags {
  readonly column?: string;
  readonly since: Date;
  readonly by: Grouping;
  readonly limit: number;
  readonly source?: string;
  readonly failOnWrites?: true;
  readonly failOnReads?: true;
}

const parts = {
  deprecated: defineDeprecated,
  record: defineRecord,
  source: defineSource,
  prune: definePrune,
  rebaseline: defineRebaseline,
};

/** `ssot audit …`: who still touches the deprecated columns, and the upkeep of that evidence; `only` some parts of it. */
export function defineAudit(
  program: Command,
  register: Register,
  only: readonly (keyof typeof parts)[] = ["deprecated", "record", "source", "prune", "rebaseline"],
): void {
  const audit = program
    .command("audit")
    .summary("show who still writes, reads or depends on the deprecated columns")
    .description("Evidence about the deprecated columns, and its upkeep.");
  for (const part of only) parts[part](audit, register);
}

function defineDeprecated(audit: Command, register: Register): void {
  const command = audit
    .command("deprecated")
    .summary("who still writes, reads or depends on them, and may they go?")
    .description(
      "Shows who still writes the deprecated columns, what depends on them, who reads them, and what keeps them from being dropped. Changes nothing.",
    )
    .addOption(
      new Option("--since <time>", "count writes since then: 12h, 30d, 4w, or a date")
        .argParser(parseSince)
        .default(parseSince("30d"), "30d"),
    )
    .addOption(new Option("--by <what>", "group writes").choices(["column", "writer", "day", "org"]).default("writer"))
    .option("--limit <n>", "how many writers and recent writes to list", wholeNumber(1, 10_000), 20)
    .option("--source <dir>", "also list the lines of this folder's code that name the columns")
    .addOption(column())
    .addOption(replica())
    .addOption(allow("do not count this role"))
    .addOption(reads())
    .option("--fail-on-writes", "exit 1 when a write was audited since then")
    .option("--fail-on-reads", "exit 1 when a reader that closes the gate was seen since then")
    .addOption(trustRole())
    .addHelpText(
      "after",
      helpText(
        [
          "ssot audit deprecated",
          "ssot audit deprecated --since 7d --fail-on-writes --fail-on-reads",
          "ssot audit deprecated --replica postgres://user@standby/db",
          "ssot audit deprecated --by day --json",
        ],
        [0, 1, 2, 3, 130],
      ),
    );
  register<AuditFlags>(command, (invocation, flags) =>
    withTarget(invocation, (target) => handleDeprecated(invocation, flags, target)),
  );
}

async function handleDeprecated(invocation: Invocation, flags: AuditFlags, target: Target): Promise<number> {
  const { auditDeprecated } = await import("../../core/audit/audit-deprecated.ts");
  const { since, limit, column } = flags;
  const source = flags.source === undefined ? undefined : resolve(invocation.io.cwd(), flags.source);
  const asks = await asksOf(invocation, flags);
  const replicas = await targetsOf(invocation, flags.replica);
  const work = auditDeprecated({ target, since, limit, column, source, replicas, asks, trustRoles: flags.trustRole });
  const report = await untilInterrupted(work, invocation.signal);
  const { renderAudit } = await import("../../report/render-audit.ts");
  await printReport(invocation, report, (shown: AuditReport, style) =>
    renderAudit(shown, style, { by: flags.by, verbose: invocation.options.verbose }),
  );
  const { wasWritten, wasRead } = await import("../../core/audit/found.ts");
  return (flags.failOnWrites && wasWritten(report)) || (flags.failOnReads && wasRead(report)) ? 1 : 0;
}

function defineRecord(audit: Command, register: Register): void {
  const command = audit
    .command("record")
    .summary("keep who reads the deprecated columns")
    .description(
      "Keeps who reads the deprecated columns, by what pg_stat_statements has counted since the last time: it forgets, the drop's gate does not. To be run each night, from CI or by pg_cron. Writes rows of its own in schema ssot and nothing else.",
    )
    .addOption(replica())
    .addOption(allow("excuse this role from now on"))
    .addOption(reads())
    .addOption(trustRole())
    .addHelpText(
      "after",
      helpText(
        [
          "ssot audit record",
          "ssot audit record --replica postgres://user@standby/db",
          "ssot audit record --allow archive=2026-12-31",
        ],
        [0, 2, 3, 4, 5, 130],
      ),
    );
  register<RecordFlags>(command, (invocation, flags) =>
    withTarget(invocation, async (target) => {
      const { describeTarget } = await import("../../db/target.ts");
      await confirmSource(invocation, target, describeTarget(target));
      const { recordReaders } = await import("../../core/audit/record-readers.ts");
      const { renderRecord } = await import("../../report/render-audit-upkeep.ts");
      const replicas = await targetsOf(invocation, flags.replica);
      const asks = await asksOf(invocation, flags);
      const report = await withRunOptions(invocation, flags, target, (options) =>
        recordReaders({ ...options, replicas, ...asks }),
      );
      await printReport(invocation, report, renderRecord);
      return 0;
    }),
  );
}

function replica(): Option {
  return new Option("--replica <url>", "also ask this hot standby; repeatable").argParser(
    (url: string, before: readonly string[] = []) => [...before, url],
  );
}

async function targetsOf({ io }: Invocation, urls: readonly string[] = []): Promise<readonly Target[]> {
  if (urls.length === 0) return [];
  const { resolveTarget } = await import("../../db/target.ts");
  return urls.map((databaseUrl) => resolveTarget({ databaseUrl, environment: io.env, directory: io.cwd() }));
}

function defineSource(audit: Command, register: Register): void {
  const command = audit
    .command("source")
    .argument("<dir>", "the application's code")
    .summary("find the deprecated names in code; needs no database")
    .description(
      "Lists the lines that use a deprecated column, how, and how sure that is; exits 1 when a certain or likely one names it. An ORM names each column that is declared to it in every statement. What .gitignore names is left out; a line that says ssot:ignore is excused.",
    )
    .addHelpText("after", helpText(["ssot audit source ../backend"], [0, 1, 2]));
  register<object>(command, async (invocation) => {
    const { isBreaking } = await import("../../core/audit/source/find-names.ts");
    const { scanSource } = await import("../../core/audit/source/scan-source.ts");
    const { renderSource } = await import("../../report/render-source.ts");
    const { loadMigrations } = await import("../../migrations/load-migrations.ts");
    const { listDeprecated } = await import("../../migrations/deprecations.ts");
    const columns = listDeprecated(await loadMigrations(await storyOf(invocation)));
    if (columns.length === 0) {
      throw new SsotError("CONFIGURATION", "no migration at hand deprecates a column: there is nothing to look for", {
        hint: "ssot deprecate writes such files; the configuration says where they lie.",
      });
    }
    const source = await scanSource(resolve(invocation.io.cwd(), command.args[0] ?? "."), columns);
    await printReport(invocation, { command: "audit" as const, source }, renderSource);
    return source.mentions.some(isBreaking) ? 1 : 0;
  });
}

function definePrune(audit: Command, register: Register): void {
  const command = audit
    .command("prune")
    .summary("delete audit rows past retention")
    .description(
      "Deletes the audit rows that are older than 30 days and a calendar month, as each audited write does with a few. What the drop's gate knows of the last writes stays.",
    )
    .addOption(trustRole())
    .addHelpText("after", helpText(["ssot audit prune"], [0, 2, 3, 4, 5, 130]));
  register<Pick<RunFlags, "trustRole">>(command, (invocation, flags) =>
    withTarget(invocation, async (target) => {
      const { describeTarget } = await import("../../db/target.ts");
      await confirmSource(invocation, target, describeTarget(target));
      const { pruneAudit } = await import("../../core/audit/prune-audit.ts");
      const { renderPrune } = await import("../../report/render-audit-upkeep.ts");
      const report = await withRunOptions(invocation, flags, target, pruneAudit);
      await printReport(invocation, report, renderPrune);
      return 0;
    }),
  );
}

function defineRebaseline(audit: Command, register: Register): void {
  const command = audit
    .command("rebaseline")
    .summary("swear the witness in again, after a restore or an upgrade")
    .description(
      "A restored or upgraded server has triggers and functions with new identities, and the drop's gate cannot tell them from tampered ones. This takes them as the witness from now on, if they are what the migration makes. The month of silence starts again.",
    );
  addWait(command)
    .addOption(trustRole())
    .addHelpText("after", helpText(["ssot audit rebaseline", "ssot audit rebaseline --yes"], [0, 2, 3, 5, 6, 130]));
  register<RunFlags>(command, async (invocation, flags) => {
    refuseSilence(invocation, "rebaseline asks, because the month starts again", "Look first: ssot audit deprecated");
    return withTarget(invocation, (target) => handleRebaseline(invocation, flags, target));
  });
}

async function handleRebaseline(invocation: Invocation, flags: RunFlags, target: Target): Promise<number> {
  if (mustAsk(invocation)) {
    const { describeTarget } = await import("../../db/target.ts");
    await ask(invocation, `Start the month of silence again in ${describeTarget(target)}?`);
  }
  const { rebaseline } = await import("../../core/audit/rebaseline.ts");
  const { renderRebaseline } = await import("../../report/render-audit-upkeep.ts");
  const report = await withRunOptions(invocation, flags, target, rebaseline);
  await printReport(invocation, report, renderRebaseline);
  return 0;
}
