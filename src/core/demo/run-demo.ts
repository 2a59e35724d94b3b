import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sql } from "postgres";
import { loadSeedCase } from "../../../fixtures/seed-case.ts";
import { takeCall } from "../../../verify/probe-call.ts";
import { recentCalls } from "../../dashboard/recent-calls.ts";
import { connect } from "../../db/connection.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import type { Effects } from "../../model/migration.ts";
import { packageRoot } from "../../model/package-root.ts";
import { type MigrateOptions, type MigrateReport, migrate } from "../migrate.ts";
import { type RollbackReport, rollback } from "../rollback.ts";
import {
  type CallerFigures,
  figuresAfter,
  figuresBefore,
  fingerprintDeprecated,
  letAMonthPass,
} from "./demo-queries.ts";

/** One thing that the demo says, and whether it held. */
export interface DemoClaim {
  readonly title: string;
  readonly detail: string;
  readonly held: boolean;
}

export interface DemoReport {
  readonly command: "demo";
  readonly ok: boolean;
  readonly claims: readonly DemoClaim[];
  readonly before: CallerFigures;
  readonly after: CallerFigures;
}

export interface DemoOptions {
  /** An empty database of the demo's own. */
  readonly target: Target;
  readonly directory: string;
  /** Hears each claim as soon as it is settled. */
  readonly onClaim?: ((claim: DemoClaim) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Tells the whole story on an empty database, with the seed's data; every claim is asked of the database. */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const connection = await connect(options.target);
  const { sql } = connection;
  const claims: DemoClaim[] = [];
  const claim = (title: string, held: boolean, detail: string): void => {
    const settled = { title, held, detail };
    claims.push(settled);
    options.onClaim?.(settled);
  };
  try {
    await connection.execute(await readFile(join(packageRoot(), "fixtures", "base-schema.sql"), "utf8"));
    await loadSeedCase(sql);
    const before = await figuresBefore(sql);
    claim(
      "The dashboard shows unknown callers",
      before.unknown === 5 && before.inbound === 11,
      `${before.unknown} of ${before.inbound} inbound calls read "Unknown Caller" (${percent(before.unknown, before.inbound)})`,
    );

    const { applied } = await migrate(runOptions(options));
    claim("ssot migrate applies the four migrations", applied.length === 4, describeEffects(applied));

    const after = await figuresAfter(sql);
    claim(
      "Every post-condition holds, and nobody is unknown",
      after.unknown === 0 && after.outboundLinked === after.outbound,
      `inbound ${after.inboundLinked} of ${after.inbound} linked (${percent(after.inboundLinked, after.inbound)}), outbound ${after.outboundLinked} of ${after.outbound}, unknown ${after.unknown}`,
    );

    const orgId = await firstOrganisation(sql);
    const call = await takeCall(sql, {
      orgId,
      vapiCallId: "demo-first-call",
      number: "(415) 555-0177",
      name: "Ines Duarte",
    });
    const [shown] = await recentCalls(sql, { orgId, limit: 1 });
    claim(
      "A first-time caller gets a contact at once",
      call.contactCreated && shown?.caller_name === "Ines Duarte",
      `a call from a new number is shown as ${shown?.caller_name}`,
    );

    await sql`update public.contacts set name = 'Ines Duarte-Lang' where id = ${call.contactId}`;
    const [renamed] = await recentCalls(sql, { orgId, limit: 1 });
    claim(
      "A renamed contact is seen renamed at once",
      renamed?.caller_name === "Ines Duarte-Lang",
      `the same call is now shown as ${renamed?.caller_name}`,
    );

    await sql`update public.calls set caller_name = 'frozen again' where vapi_call_id = 'vapi-seed-07'`;
    const [audit] = await sql<
      { n: number }[]
    >`select count(*)::integer as n from public.deprecated_column_audit where column_name = 'caller_name'`;
    claim(
      "A write to a deprecated column is witnessed",
      audit?.n === 1,
      `${audit?.n} row in deprecated_column_audit, and the write itself succeeded`,
    );

    const refusal = await dropRefused(options);
    claim("The drop is refused while its gate is closed", refusal !== undefined, refusal ?? "it was not refused");

    await letAMonthPass(sql);
    const values = await fingerprintDeprecated(sql);
    const drop = await migrate({ ...runOptions(options), phase3: true });
    const [still] = await recentCalls(sql, { orgId, limit: 1 });
    claim(
      "After a month of silence the columns are dropped",
      drop.applied.length === 1 && still?.caller_name === "Ines Duarte-Lang",
      `(the demo moved its own ledger and audit 32 days back) ${drop.applied[0]?.effects.valuesArchived} values archived, names still shown`,
    );

    const back = await rollback({ ...runOptions(options), all: false });
    claim(
      "ssot rollback brings columns and values back",
      (await fingerprintDeprecated(sql)) === values,
      describeRestored(back),
    );
    return { command: "demo", ok: claims.every(({ held }) => held), claims, before, after: await figuresAfter(sql) };
  } finally {
    await connection.close();
  }
}

function runOptions({ target, directory, signal }: DemoOptions): MigrateOptions {
  return {
    target,
    directory,
    signal,
    waitSeconds: 10,
    lockTimeoutMs: 1000,
    lockTries: 10,
    progress: {},
    onUnfixablePhone: "abort",
    userTriggers: "refuse",
    phase3: false,
    verify: true,
  };
}

async function dropRefused(options: DemoOptions): Promise<string | undefined> {
  try {
    await migrate({ ...runOptions(options), phase3: true });
    return undefined;
  } catch (error) {
    if (error instanceof SsotError && error.code === "GATE") return error.message;
    throw error;
  }
}

async function firstOrganisation(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from public.organizations order by id limit 1`;
  return row?.id ?? "";
}

function describeEffects(applied: MigrateReport["applied"]): string {
  const effects: Effects = Object.fromEntries(applied.flatMap((migration) => Object.entries(migration.effects)));
  return `${effects.callsLinked} calls linked, ${effects.phonesNormalised} numbers normalised, ${effects.namesReplaced} names replaced (${effects.namesRescued} rescued from calls)`;
}

function describeRestored({ rolledBack }: RollbackReport): string {
  return `${rolledBack[0]?.restored.valuesArchived ?? 0} values restored, row by row as they were`;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
