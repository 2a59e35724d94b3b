import type postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuditReport, auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import type { OwnServer } from "../support/own-server.ts";
import { startRecordingServer } from "../support/recording-server.ts";
import { targetOf } from "../support/run-options.ts";
import { harmless, limited, type Way, ways } from "./ways.ts";

let server: OwnServer;
let sql: postgres.Sql;
let url: string;

// A server of its own: who reads is known where pg_stat_statements is loaded.
beforeAll(async () => {
  server = await startRecordingServer();
  ({ sql, url } = server);
  await sql.unsafe(`create extension pg_stat_statements; create role ${limited}`);
  await sql.unsafe(`grant select, insert, update on public.calls to ${limited}`);
  await sql.unsafe(harmless);
  await sql`select pg_stat_statements_reset()`;
});

afterAll(() => server?.stop());

function audit(): Promise<AuditReport> {
  return auditDeprecated({ target: targetOf(url), since: new Date(Date.now() - 3_600_000), limit: 100 });
}

function isSeen({ writes, dependents, readers }: AuditReport, { seen }: Way): boolean {
  if (seen.as === "write") return writes.byWriter.some((w) => w.column === seen.column && w.seen.includes(seen.by));
  if (seen.as === "reader") return readers.some(({ how }) => how === seen.how);
  return dependents.some(
    ({ kind, name, detail, column }) =>
      kind.includes(seen.kind) && `${name} ${detail}`.includes(seen.name) && column === seen.column,
  );
}

test("a clean database is blamed for nothing, whatever only looks like it", async () => {
  const report = await audit();
  expect(report.writes.total).toBe(0);
  expect(report.dependents).toEqual([]);
  expect(report.readers).toEqual([]);
  expect(report.readersObserved).toMatchObject({ known: true });
  expect(report.phase3.reasons.map(({ code }) => code)).toEqual(["soak"]);
});

test("every way in which an application touches the columns is shown where PostgreSQL lets it be seen", async () => {
  const table: string[] = [];
  for (const way of ways) {
    const before = await audit();
    if (typeof way.run === "string") await sql.unsafe(way.run);
    else await way.run(sql);
    const after = await audit();
    const grew = way.seen.as !== "write" || after.writes.total > before.writes.total;
    const shown = isSeen(after, way) && grew;
    table.push(`${shown ? "shown" : "MISSED"}  ${way.seen.as.padEnd(10)} ${way.what}`);
  }
  const shown = table.filter((line) => line.startsWith("shown")).length;
  process.stdout.write(`\n${table.join("\n")}\n${shown} of ${ways.length}\n`);
  expect(table.filter((line) => !line.startsWith("shown"))).toEqual([]);
});

test("the report holds no value that was written, and says what cannot be seen", async () => {
  const report = await audit();
  expect(JSON.stringify(report)).not.toMatch(/1415555|'Ada'/);
  expect(report.writes.byWriter.map(({ role }) => role)).toContain(limited);
  expect(report.notObserved.join("\n")).toMatch(/standby[\s\S]*nothing but NULL[\s\S]*thousandth[\s\S]*superuser/);
  expect(report.phase3.ready).toBe(false);
  expect(new Set(report.phase3.reasons.map(({ code }) => code))).toEqual(
    new Set(["soak", "writer", "reader", "dependent", "function"]),
  );
});
