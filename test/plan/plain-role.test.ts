import { afterEach, beforeEach, expect, test } from "vitest";
import { phase1 } from "../support/phase1.ts";
import { makePlanCase, type PlanCase } from "./plan-case.ts";

let here: PlanCase;
let role: string;
let url: string;
beforeEach(async () => {
  here = await makePlanCase();
  const { sql, name } = here.database;
  role = `planner_${name.slice(-12)}`;
  await sql.unsafe(`create role ${role} login password 'x'; alter database ${name} owner to ${role}; alter schema public owner to ${role};
    create schema closed; create table closed.calls (id int); create publication told for table public.calls;
    revoke execute on function pg_control_system() from public`);
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class as c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`;
  for (const { name: table } of tables) await sql.unsafe(`alter table ${table} owner to ${role}`);
  const target = new URL(here.database.url);
  target.username = role;
  target.password = "x";
  url = target.href;
});
afterEach(async () => {
  await here.database.sql.unsafe(`reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`);
  await here.end();
});

test("whoever owns the tables, and no more, makes a plan and follows it; where the server may not be asked, the oids tell", async () => {
  const dry = await here.ssot("migrate", "--dry-run", "--plan-out", "plan.json", "--database-url", url);
  expect([dry.exitCode, dry.stderr]).toEqual([0, ""]);
  const plan = JSON.parse(here.read("plan.json"));
  expect(plan.database.systemIdentifier).toBeNull();
  expect(plan.catalog["publication told of public.calls"]).toContain("org_id");
  await here.database.sql.unsafe("grant execute on function pg_control_system() to public");
  const run = await here.ssot("migrate", "--plan", "plan.json", "--database-url", url);
  expect([run.exitCode, run.exitCode === 0 ? "" : run.stderr]).toEqual([0, ""]);
  expect(await here.ledger()).toEqual(phase1);
  const back = await here.ssot("rollback", "--all", "--dry-run", "--plan-out", "back.json", "--database-url", url);
  expect([back.exitCode, back.stderr]).toEqual([0, ""]);
  const way = await here.ssot("rollback", "--plan", "back.json", "--yes", "--database-url", url);
  expect([way.exitCode, way.exitCode === 0 ? "" : way.stderr]).toEqual([0, ""]);
});
