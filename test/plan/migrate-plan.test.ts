import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { cloneDatabase, dropDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions } from "../support/run-options.ts";
import { makePlanCase, type PlanCase } from "./plan-case.ts";

let here: PlanCase;
beforeEach(async () => {
  here = await makePlanCase();
});
afterEach(() => here.end());

const plan = () => JSON.parse(here.read("plan.json"));

test("what was approved is done, and the ledger knows by which plan", async () => {
  await here.approve();
  const { pending, hash, catalog, held } = plan();
  expect(pending.map(({ name }: { name: string }) => name)).toEqual(phase1);
  expect(catalog["table public.contacts"]).toBe("owner postgres");
  expect(held).toMatchObject([{ codes: ["not-deprecated"] }]);
  const { stdout } = await here.follow();
  expect(stdout).toContain(`as plan ${hash.slice(0, 12)} says`);
  expect(await here.ledger()).toEqual(phase1);
  const runs = await here.database.sql<{ plan: string }[]>`select distinct r.plan from ssot.run as r`;
  expect(runs).toEqual([{ plan: hash }]);
});

test("a plan that is applied says so, and does nothing more", async () => {
  await here.approve();
  await here.follow();
  const [late] = await here.database.sql`
    update public.calls set contact_id = null where id = (select min(id::text)::uuid from public.calls where contact_id is not null) returning id`;
  const { stdout } = await here.follow();
  expect(stdout).toMatch(/^All of plan [0-9a-f]{12} was applied before\. Nothing was changed\./m);
  expect(await here.database.sql`select from public.calls where id = ${late?.id} and contact_id is null`).toHaveLength(
    1,
  );
});

test("with nothing pending a plan links the calls that came since, those that were counted", async () => {
  expect((await here.ssot("migrate")).exitCode).toBe(0);
  const unlink = (n: number) => here.database.sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
    select k.org_id, 'late-' || gen_random_uuid(), 'inbound', k.phone
    from (select org_id, phone from public.contacts order by phone limit 1) as k, generate_series(1, ${n})`;
  const linked = async () => {
    const rows = await here.database
      .sql`select from public.calls where vapi_call_id like 'late-%' and contact_id is not null`;
    return rows.length;
  };
  await unlink(20);
  await here.approve();
  expect(plan()).toMatchObject({ pending: [], catchUp: 20 });
  await unlink(3);
  expect(await here.refusal()).toEqual(["calls that came since: 23 rows, planned were 20, 10 % may differ"]);
  await here.database.sql.unsafe("create index calls_x_idx on public.calls (org_id)");
  expect(await here.refusal("--tolerance", "15")).toEqual([
    expect.stringMatching(/^index public\.calls_x_idx was added/),
  ]);
  await here.database.sql.unsafe("drop index public.calls_x_idx");
  await here.follow("--tolerance", "15");
  expect(await linked()).toBe(23);
  expect((await here.follow()).stdout).toContain("no call waits to be linked");
});

const changes: readonly (readonly [title: string, change: string, difference: RegExp])[] = [
  [
    "an index is added",
    "create index calls_x_idx on public.calls (org_id)",
    /^index public\.calls_x_idx was added: CREATE INDEX calls_x_idx/,
  ],
  [
    "a column's default is changed",
    "alter table public.contacts alter column lead_score set default 7",
    /^column public\.contacts\.lead_score was changed: was integer; is integer, default 7$/,
  ],
  ["a column is added", "alter table public.calls add column x int", /^column public\.calls\.x was added: integer$/],
  [
    "a reference to contacts is added",
    "create table public.more (contact_id uuid references public.contacts)",
    /^constraint more_contact_id_fkey on public\.more was added: /,
  ],
  [
    "a view is put onto a table",
    "create view public.v as select id from public.calls",
    /^view public\.v was added: owner postgres, md5 /,
  ],
  [
    "row level security is switched on",
    "alter table public.messages enable row level security",
    /^table public\.messages was changed: was owner postgres; is owner postgres, row security$/,
  ],
  [
    "somebody is given a right",
    "grant select on public.calls to public",
    /^grant on public\.calls to public was added: SELECT$/,
  ],
  [
    "a constraint is gone",
    "alter table public.contacts drop constraint contacts_lead_status_check",
    /is gone: was md5/,
  ],
];

test.each(changes)("refused where %s", async (_, change, difference) => {
  await here.approve();
  await here.database.sql.unsafe(change);
  const differences = await here.refusal();
  expect(differences).toContainEqual(expect.stringMatching(difference));
});

test("refused where a trigger's body is changed, or its owner, and every difference is named", async () => {
  await here.database.sql.unsafe(`
    create function public.stamp() returns trigger language plpgsql as 'begin return new; end';
    create trigger stamp before update on public.contacts for each row execute function public.stamp()`);
  await here.approve();
  const body = "create or replace function public.stamp() returns trigger language plpgsql as";
  await here.database.sql.unsafe(`${body} 'begin new.notes = null; return new; end'`);
  await here.database.sql.unsafe("create index calls_x_idx on public.calls (org_id)");
  expect(await here.refusal()).toEqual([
    expect.stringMatching(/^function public\.stamp\(\) was changed: /),
    expect.stringMatching(/^index public\.calls_x_idx was added: /),
  ]);
  await here.database.sql.unsafe(`${body} 'begin return new; end'; drop index public.calls_x_idx`);
  const role = `planowner_${here.database.name.slice(-12)}`;
  await here.database.sql.unsafe(`create role ${role}; alter function public.stamp() owner to ${role}`);
  expect(await here.refusal()).toEqual([expect.stringContaining(`owner ${role}`)]);
  await here.database.sql.unsafe(`alter function public.stamp() owner to current_user`);
  await here.database.sql.unsafe(`alter table public.messages owner to ${role}`);
  expect(await here.refusal()).toContainEqual(
    `table public.messages was changed: was owner postgres; is owner ${role}`,
  );
  await here.database.sql.unsafe(`alter table public.messages owner to current_user; drop role ${role}`);
  await here.follow();
});

/** Calls that the migration would link: as one that it links anyway. */
const addCalls = (n: number) => here.database.sql`
  insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
  select c.org_id, 'more-' || n, 'inbound', k.phone
  from (select org_id, phone from public.contacts where phone like '+%' order by created_at, id limit 1) as k,
       lateral (select k.org_id) as c, generate_series(1, ${n}) as n`;

test("ten more rows of a hundred and some are let through, ten thousand are not", async () => {
  await addCalls(150);
  await here.approve();
  const { callsLinked } = plan().pending[0].effects;
  await addCalls(0);
  await here.database.sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
    select c.org_id, 'ten-' || n, 'inbound', c.phone_number
    from (select * from public.calls where vapi_call_id = 'more-1') as c, generate_series(1, 10) as n`;
  expect(await here.refusal("--tolerance", "0")).toEqual([
    `${phase1[0]}: callsLinked: ${callsLinked + 10} rows, planned were ${callsLinked}, 0 % may differ`,
  ]);
  await here.database.sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
    select c.org_id, 'thousands-' || n, 'inbound', c.phone_number
    from (select * from public.calls where vapi_call_id = 'more-1') as c, generate_series(1, 10000) as n`;
  expect(await here.refusal()).toEqual([
    `${phase1[0]}: callsLinked: ${callsLinked + 10010} rows, planned were ${callsLinked}, 10 % may differ`,
  ]);
  await here.database.sql`delete from public.calls where vapi_call_id like 'thousands-%'`;
  await here.follow();
  const [row] = await here.database.sql<{ n: number }[]>`
    select count(*)::int as n from public.calls where vapi_call_id ~ '^(more|ten)-' and contact_id is not null`;
  expect(row?.n).toBe(160);
});

test("a kind of change that was not planned at all is refused, whatever the tolerance", async () => {
  await here.database.sql`update public.contacts set name = 'Somebody ' || left(id::text, 4)`;
  await here.approve();
  expect(plan().pending[1].effects.namesReplaced).toBe(0);
  await here.database.sql`
    update public.contacts set name = 'Unknown Caller' where id = (select min(id::text)::uuid from public.contacts)`;
  expect(await here.refusal("--tolerance", "1000")).toContainEqual(
    `${phase1[1]}: namesReplaced: 1 rows, planned were 0, 1000 % may differ`,
  );
});

test("the same database under another host name is the same, another database is another", async () => {
  await here.approve();
  await here.database.sql.end();
  const clone = await cloneDatabase(here.database.name, `${here.database.name}_c`);
  const before = await clone.sql`select count(*) as n from pg_class`;
  const other = await here.ssot("migrate", "--plan", "plan.json", "--json", "--database-url", clone.url);
  expect(other.exitCode).toBe(6);
  expect(JSON.parse(other.stdout).error.message.split("\n  - ").slice(1)).toEqual([
    `database ${here.database.name} was planned for, this is ${clone.name}`,
  ]);
  expect(await clone.sql`select count(*) as n from pg_class`).toEqual(before);
  await clone.sql.end();
  await dropDatabase(clone.name);
  const url = new URL(here.database.url);
  url.hostname = url.hostname === "localhost" ? "127.0.0.1" : "localhost";
  expect(await here.ssot("migrate", "--plan", "plan.json", "--database-url", url.href)).toMatchObject({ exitCode: 0 });
});

test("a database of the same name that was made anew is another one", async () => {
  await here.approve();
  await here.database.sql.end();
  await cloneDatabase(here.database.name, `${here.database.name}_d`).then((copy) => copy.sql.end());
  await dropDatabase(here.database.name);
  const anew = await cloneDatabase(`${here.database.name}_d`, here.database.name);
  const { exitCode, stderr } = await here.ssot("migrate", "--plan", "plan.json");
  expect(exitCode).toBe(6);
  expect(stderr).toContain(`database ${here.database.name} was made anew: its oid is `);
  await anew.sql.end();
  await dropDatabase(`${here.database.name}_d`);
});

test("a table that was made anew is another one", async () => {
  await here.approve();
  await here.database.sql.unsafe(`
    alter table public.messages rename to former; create table public.messages (like public.former including all);
    drop table public.former`);
  expect((await here.refusal()).join("\n")).toContain("constraint messages_contact_id_fkey on public.messages is gone");
});

test("what somebody else applied meanwhile is told, and not gone on from", async () => {
  await here.approve();
  expect((await here.ssot("migrate", "--to", phase1[1] ?? "")).exitCode).toBe(0);
  const differences = await here.refusal();
  expect(differences).toContain(`migration ${phase1[0]}: was pending, and is applied, not by this plan`);
  expect(differences).toContain(`${phase1[0]} would not run: it is not pending`);
  expect(differences).toContainEqual(expect.stringMatching(/^index public\.idx_calls_contact_id was added: /));
});

test("a run that is cut off between the engine and the first migration goes on", async () => {
  await here.approve();
  const approval = { document: plan(), tolerance: 10 };
  const cutOff = migrate(
    migrateOptions(here.database.url, {
      plan: approval,
      progress: {
        onMigration: () => {
          throw new Error("cut off");
        },
      },
    }),
  );
  await expect(cutOff).rejects.toThrow("cut off");
  expect(await here.database.sql`select version from ssot.engine`).toHaveLength(1);
  expect(await here.ledger()).toEqual([]);
  await here.follow();
  expect(await here.ledger()).toEqual(phase1);
});

test("a routine of schema ssot that was changed since is told", async () => {
  expect((await here.ssot("migrate", "--to", phase1[0] ?? "")).exitCode).toBe(0);
  await here.approve();
  await here.database.sql.unsafe(
    "create or replace function ssot.add_tally(migration text, what text, n bigint, direction text default 'migrate') returns void language sql as 'select null'",
  );
  expect(await here.refusal()).toEqual(["routines of schema ssot were changed"]);
});

test("a plan of what a plain run left half-way is followed, and again after a part of it was taken back", async () => {
  const stop = new AbortController();
  const half = migrate(
    migrateOptions(here.database.url, {
      signal: stop.signal,
      progress: {
        onStep: (_, step) => {
          if (step === "merge_contacts") stop.abort();
        },
      },
    }),
  );
  await expect(half).rejects.toMatchObject({ code: "INTERRUPTED" });
  await here.approve();
  expect(plan().story).toContainEqual(expect.objectContaining({ name: phase1[1], state: "partial" }));
  await here.follow();
  expect(await here.ledger()).toEqual(phase1);
  expect((await here.ssot("rollback", "--to", phase1[1] ?? "", "--yes")).exitCode).toBe(0);
  await here.follow();
  expect(await here.ledger()).toEqual(phase1);
});
