import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

test("a writer's temporary types are not taken for PostgreSQL's by functions that run as their owner", async () => {
  const { sql, url, name } = database;
  await sql.unsafe(`
    create role ${name} login bypassrls password 'x';
    grant select, insert, update, delete on public.calls, public.contacts to ${name};
    create table public.ran_as (role name);
    grant insert on public.ran_as to ${name}`);
  const as = new URL(url);
  as.username = name;
  as.password = "x";
  const writer = postgres(as.href, { max: 1, onnotice: () => {} });
  // Were one of these taken for the type of its name, its rule would run with the rights of the function's owner.
  await writer.unsafe(`create function pg_temp.note(value anyelement) returns boolean language plpgsql as
    $$ begin insert into public.ran_as values (current_user); return true; end $$`);
  for (const type of ["text", "uuid", "boolean", "integer", "bigint", "jsonb", "record", "regclass"]) {
    await writer
      .unsafe(`create domain pg_temp.${type} as pg_catalog.${type} check (pg_temp.note(value))`)
      .catch(() => {});
  }
  await writer`
    insert into public.calls (org_id, vapi_call_id, call_direction, caller_name, from_number)
    values (${firstOrg}, 'by a writer', 'inbound', 'Somebody', '+14155550100')`;
  await writer`update public.calls set caller_name = 'Else', from_number = null where vapi_call_id = 'by a writer'`;
  await writer`delete from public.calls where vapi_call_id = 'by a writer'`;
  await writer.end();
  const audited = await sql`select from public.deprecated_column_audit where role_name = ${name}`;
  expect(audited.length).toBeGreaterThan(2);
  expect(await sql`select role from public.ran_as where role <> ${name}`).toEqual([]);
  await sql.unsafe(`drop owned by ${name}; drop role ${name}`);
});
