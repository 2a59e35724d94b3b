import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { lockClass } from "../../src/migrations/run-lock.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { differences } from "../crash/differences.ts";
import { errorOf } from "../faults/refusal.ts";
import { attack } from "../support/attacks.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { type Cast, firstOrg, makeCast, otherOrg } from "./cast.ts";

let cast: Cast;

beforeAll(async () => {
  cast = await makeCast();
  await migrate(migrateOptions(cast.as(cast.migrator)));
  await cast.sql.unsafe("create table theirs.own (contact_id uuid); create table public.shared (id integer)");
});

afterAll(() => cast.end());

const strangers = ["tenant", "anon", "partner"] as const;

/** The SQLSTATE that a statement ends with as a role; "done" where it is allowed. It is taken back. */
async function tryAs(session: postgres.Sql, statement: string): Promise<string> {
  try {
    await session.begin(async (tx) => {
      await tx.unsafe(statement);
      throw new Error("taken back");
    });
  } catch (error) {
    if (error instanceof postgres.PostgresError) return error.code;
    if (error instanceof Error && error.message === "taken back") return "done";
    throw error;
  }
  return "committed";
}

async function withSession<T>(role: string, work: (session: postgres.Sql) => Promise<T>): Promise<T> {
  const session = postgres(cast.as(role), { max: 1, onnotice: () => {} });
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

const forbidden = "42501";

describe.each([...strangers, "owner"] as const)("schema ssot, asked by the %s", (who) => {
  test("no table, sequence or routine of it answers", async () => {
    const relations = await cast.sql<{ name: string; kind: string }[]>`
      select c.oid::regclass::text as name, c.relkind as kind from pg_catalog.pg_class as c
      where c.relnamespace = 'ssot'::regnamespace and c.relkind in ('r', 'p', 'v', 'S') order by 1`;
    const routines = await cast.sql<{ name: string; kind: string; args: number }[]>`
      select distinct p.proname as name, p.prokind as kind, p.pronargs as args from pg_catalog.pg_proc as p
      where p.pronamespace = 'ssot'::regnamespace and p.prorettype <> 'trigger'::regtype order by 1, 3`;
    expect(relations.length).toBeGreaterThan(20);
    expect(routines.length).toBeGreaterThan(100);
    const statements = [
      ...relations.flatMap(({ name, kind }) =>
        kind === "S"
          ? [`select nextval('${name}')`, `select setval('${name}', 1)`]
          : [`select * from ${name}`, `insert into ${name} default values`, `delete from ${name}`, `truncate ${name}`],
      ),
      ...routines.map(({ name, kind, args }) => {
        return `${kind === "p" ? "call" : "select"} ssot.${name}(${Array.from({ length: args }, () => "null").join(", ")})`;
      }),
      "create table ssot.mine (id integer)",
      "create function ssot.mine() returns integer language sql as 'select 1'",
      "alter schema ssot rename to theirs_now",
      "drop schema ssot cascade",
    ];
    await withSession(cast[who], async (session) => {
      for (const statement of statements) {
        await attack(who, async () => {
          expect([statement, await tryAs(session, statement)]).toEqual([statement, forbidden]);
        });
      }
    });
  });
});

/** What nobody but the owner of a thing may do. `{self}` is the role that tries. */
const liberties: readonly string[] = [
  "select * from public.deprecated_column_audit",
  "insert into public.deprecated_column_audit (table_name, column_name) values ('calls', 'caller_name')",
  "delete from public.deprecated_column_audit",
  "truncate public.deprecated_column_audit",
  "drop table public.deprecated_column_audit",
  "alter table public.calls disable trigger user",
  "alter table public.calls disable trigger warn_deprecated_writes",
  "drop trigger warn_deprecated_writes on public.calls",
  "create trigger mine before insert on public.calls for each row execute function suppress_redundant_updates_trigger()",
  "create trigger mine before delete on public.contacts for each row execute function suppress_redundant_updates_trigger()",
  "create rule mine as on insert to public.calls do instead nothing",
  "create policy mine on public.calls using (true)",
  "alter table public.contacts no force row level security, disable row level security",
  "alter table public.contacts drop constraint contacts_name_must_be_real",
  "alter table public.contacts add constraint mine check (true)",
  "alter table public.calls add column mine text",
  "drop index public.idx_contacts_org_phone_unique",
  "create index mine on public.calls (caller_name)",
  "create statistics public.mine on caller_name, from_number from public.calls",
  "create publication mine for table public.calls",
  "create event trigger mine on ddl_command_end execute function ssot.see_write()",
  "create or replace view public.calls_with_caller_names as select * from public.calls",
  "drop view public.calls_with_caller_names",
  "alter view public.calls_with_caller_names set (security_invoker = false)",
  "alter view public.calls_with_caller_names owner to {self}",
  "comment on column public.calls.caller_name is 'not deprecated'",
  "create table theirs.heir () inherits (public.calls)",
  "alter table public.calls attach partition theirs.own default",
  "alter function ssot.see_write() reset all",
  "set session_replication_role = replica",
  "set role {owner}",
  "set role {migrator}",
  "set session authorization {migrator}",
  "grant {owner} to {self}",
  "alter role {migrator} set search_path = theirs",
  "alter default privileges for role {migrator} grant all on tables to public",
  "alter default privileges for role {owner} grant all on functions to public",
  "create cast (text as uuid) with inout as implicit",
  "create operator class theirs.mine default for type uuid using btree as operator 1 <",
  "create language plpython3u",
  "select pg_reload_conf()",
  "copy public.contacts to program 'cat'",
  "create function theirs.mine() returns integer language c as 'mine'",
  "lock table public.deprecated_column_audit in access share mode",
];

// Refused as a thing that is not there, or not possible: as good, and as documented by PostgreSQL.
const asGood = [forbidden, "42809", "42601", "0A000", "58P01", "42704", "42P01"];

test("what others may not do to tables, view, witness and roles, none of them may", async () => {
  for (const who of strangers) {
    await withSession(cast[who], async (session) => {
      for (const liberty of liberties) {
        const statement = liberty.replace(/\{(\w+)\}/g, (_, name) => cast[name === "self" ? who : (name as "owner")]);
        await attack(who, async () => {
          expect([statement, await tryAs(session, statement)]).toEqual([statement, expect.toBeOneOf(asGood)]);
        });
      }
    });
  }
});

test("a tenant meets its own rows only, whichever way it asks", async () => {
  const seen: readonly (readonly [string, string])[] = [
    [`select count(*)::integer as n from public.calls_with_caller_names where org_id = '${otherOrg}'`, "view"],
    [
      `select count(*)::integer as n from public.calls_with_caller_names where resolved_caller_name = 'Olga Other'`,
      "name",
    ],
    [
      `with gone as (delete from public.contacts where org_id = '${otherOrg}' returning 1) select count(*)::integer as n from gone`,
      "delete",
    ],
    [
      `with set as (update public.calls set caller_name = 'x' where org_id = '${otherOrg}' returning 1) select count(*)::integer as n from set`,
      "update",
    ],
  ];
  await withSession(cast.tenant, async (session) => {
    for (const [query, what] of seen) {
      await attack("tenant", async () => expect([what, await session.unsafe(query)]).toEqual([what, [{ n: 0 }]]));
    }
    await attack("tenant", async () => {
      // A contact of its own, of the other's number, is not shown at the other's calls.
      await session.unsafe(
        `insert into public.contacts (id, org_id, name, phone) values (gen_random_uuid(), '${firstOrg}', 'Mine Now', '+12125550177')`,
      );
      const names =
        await cast.sql`select distinct resolved_caller_name as name from public.calls_with_caller_names where org_id = ${otherOrg}`;
      expect(names).toEqual([{ name: "Olga Other" }]);
      await session.unsafe(`delete from public.contacts where name = 'Mine Now'`);
    });
  });
});

const commands: readonly (readonly string[])[] = [
  ["status"],
  ["doctor"],
  ["verify"],
  ["verify", "--record"],
  ["audit", "deprecated"],
  ["audit", "prune", "--yes"],
  ["audit", "rebaseline", "--yes"],
  ["migrate", "--dry-run"],
  ["migrate", "--yes"],
  ["migrate", "--phase", "3", "--force", "--reason", "mine", "--yes"],
  ["rollback", "--dry-run"],
  ["rollback", "--all", "--yes"],
  ["finalize", "--dry-run"],
  ["finalize", "--yes"],
];

test("a command that others call changes nothing, tells nothing, and ends with a code that is documented", async () => {
  const earlier = await snapshotDatabase(cast.sql);
  for (const who of [...strangers, "owner"] as const) {
    for (const command of commands) {
      const { exitCode, stdout, stderr } = await callSsot([...command, "--database-url", cast.as(cast[who])]);
      await attack(who, () => {
        const said = `${stdout}${stderr}`;
        const looks = ["status", "doctor"].includes(command[0] ?? "");
        expect([who, command.join(" "), exitCode, looks ? "" : said]).toEqual([
          who,
          command.join(" "),
          looks ? expect.toBeOneOf([0, 1, 3]) : 3,
          looks ? "" : expect.stringMatching(/^error (PREFLIGHT|REFUSED_LOGIN)/m),
        ]);
        expect(said).not.toMatch(/Olga|Ann Example|\+1212/);
      });
    }
  }
  expect(differences(earlier, await snapshotDatabase(cast.sql))).toEqual([]);
});

test("a run that somebody keeps waiting ends with 5, and nothing is changed", async () => {
  const hurried = { lockTimeoutMs: 50, lockTries: 1 };
  const holds: readonly (readonly ["tenant" | "anon" | "partner", string])[] = [
    ...strangers.map((who) => [who, `select pg_advisory_lock(${lockClass}, 1)`] as const),
    ...strangers.map((who) => [who, `select pg_advisory_lock_shared(${lockClass}, 1)`] as const),
    ["tenant", "lock table public.calls in row exclusive mode"],
    ["tenant", "select * from public.calls_with_caller_names"],
  ];
  for (const [who, hold] of holds) {
    await withSession(cast[who], async (session) => {
      const holder = await session.reserve();
      await holder.unsafe(`begin; ${hold}`);
      const error = await errorOf(rollback(rollbackOptions(cast.as(cast.migrator), { ...hurried, all: false })));
      await attack(who, () => expect([hold, exitCodeOf(error)]).toEqual([hold, 5]));
      await holder.unsafe("rollback; select pg_advisory_unlock_all()");
      holder.release();
    });
  }
});
