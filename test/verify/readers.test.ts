import type postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verify } from "../../src/core/verify.ts";
import type { OwnServer } from "../support/own-server.ts";
import { startRecordingServer } from "../support/recording-server.ts";
import { verifyOptions } from "./healthy-case.ts";

let server: OwnServer;
let sql: postgres.Sql;
let url: string;

beforeAll(async () => {
  server = await startRecordingServer();
  ({ sql, url } = server);
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
});

afterAll(() => server?.stop());

async function readers() {
  const report = await verify(await verifyOptions(url, { suites: ["phase3"] }));
  return report.suites[0]?.checks.find(({ id }) => id === "readers");
}

test("who reads the columns is known as far as pg_stat_statements has seen, and said so", async () => {
  expect(await readers()).toMatchObject({
    status: "skip",
    actual: "readers unknown: pg_stat_statements is not installed",
  });
  await sql`create extension pg_stat_statements`;
  await sql`select pg_stat_statements_reset()`;
  expect(await readers()).toMatchObject({ status: "pass" });
  for (const id of ["vapi-seed-01", "vapi-seed-02"]) {
    await sql`select caller_name from public.calls where vapi_call_id = ${id}`;
  }
  // Not a reader: a literal, another table's column of the same name, our own statements.
  await sql`create table public.leads (caller_name text, call_id uuid references public.calls (id))`;
  await sql`select 'caller_name'`;
  await sql`select l.caller_name from public.leads as l join public.calls as c on c.id = l.call_id`;
  const found = await readers();
  expect(found).toMatchObject({ status: "fail", rows: [{ role: "postgres", calls: 2, names: "caller_name" }] });
  expect(found?.actual).toMatch(
    /^1 of \d+ statements, since 20\d\d-\d\d-\d\d; not observed: nothing was counted before/,
  );
});
