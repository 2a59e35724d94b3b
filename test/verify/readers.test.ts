import type postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verify } from "../../src/core/verify.ts";
import { readReaders } from "../../src/db/queries/readers.ts";
import { watchedCalls } from "../names/watched.ts";
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
  expect(found).toMatchObject({ status: "warn", rows: [{ role: "postgres", calls: 2, names: "caller_name" }] });
  expect(found?.actual).toMatch(/^1 of \d+ statements recorded since 20\d\d-\d\d-\d\d name them$/);
});

test("readers come with role, columns and what they do; whole rows are told apart", async () => {
  await sql`create role app login`;
  await sql`grant select, update on public.calls to app`;
  await sql`select pg_stat_statements_reset()`;
  await sql.begin(async (own) => {
    await own`set local role app`;
    await own`update public.calls set from_number = from_number where vapi_call_id = 'nobody'`;
    await own`select * from public.calls where vapi_call_id = 'nobody'`;
    await own`select count(*) from public.calls`;
  });
  const found = await readReaders(sql, [watchedCalls]);
  expect(found).toMatchObject({
    known: true,
    evicted: 0,
    readers: [
      { role: "app", calls: 1, columns: ["caller_name", "from_number"], how: "select *", certainty: "grammar" },
      { role: "app", calls: 1, columns: ["from_number"], how: "writes", certainty: "grammar" },
    ],
  });
  if (found.known) expect(found.readers[1]?.statement).toMatch(/^update public\.calls set from_number = .* = \$1$/);
});

test("statements that a role may not see make the readers unknown, not none", async () => {
  const found = await sql.begin(async (own) => {
    await own`set local role app`;
    return readReaders(own, [watchedCalls]);
  });
  expect(found).toMatchObject({ known: false, reason: expect.stringMatching(/^\d+ statements cannot be seen/) });
});
