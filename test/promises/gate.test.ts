import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import type { TestDatabase } from "../support/database.ts";
import { draw } from "../support/draw.ts";
import { migrateOptions } from "../support/run-options.ts";
import { aCall } from "./audit-case.ts";
import type { Clones } from "./clones.ts";
import { columnsLeft, expectRefusal, openGate } from "./drop-case.ts";

let clones: Clones;
let database: TestDatabase;

beforeAll(async () => {
  clones = await openGate();
});

afterAll(() => clones.drop());

beforeEach(async () => {
  database = await clones.clone();
});

afterEach(() => database.drop());

const write = `update public.calls set caller_name = caller_name where id = '${aCall}'`;
const viewOver = (columns: string): string => `
  drop view public.calls_with_caller_names;
  create view public.calls_with_caller_names with (security_invoker = true) as select ${columns} from public.calls as c`;

const forceable: readonly (readonly [title: string, damage: string, reason: RegExp])[] = [
  ["the month is not over", "update ssot.ledger set run_on = run_on + interval '5 days'", /one calendar month after/],
  ["the audit knows a recent write", `${write}; truncate ssot.deprecated_write`, /calls\.caller_name was written/],
  ["only the trace knows it", `${write}; truncate public.deprecated_column_audit`, /calls\.caller_name was written/],
  ["its call was deleted since", `${write}; delete from public.calls where id = '${aCall}'`, /caller_name was written/],
  [
    "a trigger is disabled",
    "alter table public.calls disable trigger warn_deprecated_writes_insert",
    /trigger warn_deprecated_writes_insert is disabled/,
  ],
  [
    "a trigger was disabled and enabled again",
    `alter table public.calls disable trigger warn_deprecated_writes;
     alter table public.calls enable always trigger warn_deprecated_writes`,
    /trigger warn_deprecated_writes is not the one/,
  ],
  [
    "a trigger is not seen in replica role any more",
    "alter table public.calls enable trigger warn_deprecated_writes_value",
    /trigger warn_deprecated_writes_value is disabled/,
  ],
  [
    "a trigger is gone",
    "drop trigger warn_deprecated_writes_text on public.calls",
    /trigger warn_deprecated_writes_text is missing/,
  ],
  [
    "the trigger's function was replaced",
    `create or replace function public.check_deprecated_column_writes_with_audit() returns trigger
     language plpgsql as $$ begin return null; end $$`,
    /function check_deprecated_column_writes_with_audit is not the one/,
  ],
  [
    "the function that writes the audit was replaced",
    `create or replace function ssot.audit_write(relation text, col text, row_key jsonb, org_id uuid, old_value text, new_value text, operation text, seen text)
     returns void language sql as ''`,
    /function audit_write is not the one/,
  ],
  ["the audit is gone", "drop table public.deprecated_column_audit", /deprecated_column_audit is missing/],
];

const dependents: readonly (readonly [title: string, damage: string, reason: RegExp])[] = [
  ["a view reads the column", "create view public.v as select caller_name from public.calls", /view public\.v/],
  [
    "a trigger of somebody's looks at the column, and its name begins as those of ours do",
    `create function public.mine() returns trigger language plpgsql as $f$ begin return new; end $f$;
     create trigger warn_deprecated_writes_mine before update of caller_name on public.calls for each row execute function public.mine()`,
    /trigger warn_deprecated_writes_mine on/,
  ],
  [
    "another one by the names of the archive's",
    `create function public.mine() returns trigger language plpgsql as $f$ begin return new; end $f$;
     create trigger ssot_archive_mine before update on public.calls for each row
       when (new.from_number is distinct from old.from_number) execute function public.mine()`,
    /trigger ssot_archive_mine on/,
  ],
  [
    "a materialised view reads the column",
    "create materialized view public.m as select from_number from public.calls",
    /materialized view public\.m/,
  ],
  [
    "a view reads the column from our view",
    "create view public.w as select id, caller_name from public.calls_with_caller_names",
    /view public\.w/,
  ],
  [
    "a materialised view reads our view",
    "create materialized view public.w as select id from public.calls_with_caller_names",
    /materialized view public\.w/,
  ],
  [
    "a materialised view stands on a view over ours",
    `create view public.v as select id from public.calls_with_caller_names;
     create materialized view public.w as select id from public.v`,
    /materialized view public\.w/,
  ],
  [
    "a policy asks our view",
    "create policy mine on public.messages using (exists (select from public.calls_with_caller_names as v where v.org_id = messages.org_id))",
    /policy mine/,
  ],
  [
    "an invalid index of the column",
    `create index broken on public.calls (caller_name);
     update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.broken'::regclass`,
    /index public\.broken/,
  ],
  ["a check", "alter table public.calls add constraint chk check (caller_name <> id::text)", /constraint chk/],
  ["an index on two columns", "create index two on public.calls (org_id, caller_name)", /index public\.two/],
  ["an index on an expression", "create index low on public.calls (lower(caller_name))", /index public\.low/],
  ["an index on some rows", "create index part on public.calls (id) where from_number is null", /index public\.part/],
  ["a unique constraint", "alter table public.calls add constraint uq unique (id, from_number)", /constraint uq/],
  [
    "a generated column",
    "alter table public.calls add shout text generated always as (upper(caller_name)) stored",
    /shout/,
  ],
  ["a policy", "create policy mine on public.calls using (caller_name is not null)", /policy mine/],
  ["statistics", "create statistics public.st on caller_name, from_number from public.calls", /statistics object/],
  [
    "a publication's column list",
    "create publication some_columns for table public.calls (id, caller_name)",
    /publication/,
  ],
  [
    "somebody's trigger of the column",
    `create function public.noop() returns trigger language plpgsql as $$ begin return new; end $$;
     create trigger theirs before update of from_number on public.calls for each row execute function public.noop()`,
    /trigger theirs/,
  ],
  [
    "a function that names calls and the column",
    "create function public.f() returns bigint language sql as 'select count(caller_name) from public.calls'",
    /function public\.f\(\) names caller_name/,
  ],
  [
    "a function that reads the column from our view",
    `create function public.g() returns text language plpgsql as $$ begin
       return (select max(from_number) from public.calls_with_caller_names); end $$`,
    /function public\.g\(\) names from_number/,
  ],
  [
    "the function of somebody's trigger",
    `create function public.fill() returns trigger language plpgsql as $$ begin new.caller_name := 'x'; return new; end $$;
     create trigger fill before insert on public.calls for each row execute function public.fill()`,
    /function public\.fill\(\) names caller_name/,
  ],
  [
    "a function with a parsed body",
    "create function public.h() returns text language sql begin atomic select max(caller_name) from public.calls; end",
    /function public\.h\(\)/,
  ],
  [
    "a function over the view's rows",
    "create function public.k(r public.calls_with_caller_names) returns integer language sql as 'select 1'",
    /function public\.k\(/,
  ],
  [
    "another view in place of ours",
    viewOver("c.*, 'x'::text as resolved_caller_name"),
    /differs from what migration 3 made/,
  ],
  [
    "our view without its option",
    "alter view public.calls_with_caller_names reset (security_invoker)",
    /differs from what migration 3 made/,
  ],
  ["no view at all", "drop view public.calls_with_caller_names", /calls_with_caller_names is missing/],
];

test("with nothing in its way the drop goes through", async () => {
  await migrate(migrateOptions(database.url, { phase3: true }));
  expect(await columnsLeft(database)).toEqual([]);
});

test("plain migrate never drops, although the gate is open, and says so", async () => {
  const report = await migrate(migrateOptions(database.url));
  expect(report.held).toMatchObject([{ name: "20260309000000_drop_deprecated_columns" }]);
  expect(await columnsLeft(database)).toEqual(["caller_name", "from_number"]);
});

test.each(forceable)(
  "the drop is refused and changes nothing: %s; --force overrides it, recorded",
  async (_, damage, reason) => {
    await database.sql.unsafe(damage);
    expect(await expectRefusal(database, "GATE")).toMatch(reason);
    await migrate(migrateOptions(database.url, { phase3: true, force: { reason: "the owner said so" } }));
    expect(await columnsLeft(database)).toEqual([]);
    const rows = await database.sql`select name, forced from ssot.run where forced is not null`;
    expect(rows).toEqual([{ name: "20260309000000_drop_deprecated_columns", forced: "the owner said so" }]);
  },
);

test.each(draw("dependents", dependents, String, 0.2))(
  "the drop is refused and changes nothing, with --force as well: %s",
  async (_, damage, reason) => {
    await database.sql.unsafe(damage);
    expect(await expectRefusal(database, "GATE")).toMatch(reason);
    expect(await expectRefusal(database, "GATE", { reason: "all the same" })).toMatch(reason);
  },
);

test("a refusal names every reason", async () => {
  await database.sql.unsafe(`
    ${write};
    update ssot.ledger set run_on = run_on + interval '5 days';
    alter table public.calls disable trigger warn_deprecated_writes;
    create view public.v as select caller_name, from_number from public.calls;
    create function public.f() returns bigint language sql as 'select count(caller_name) from public.calls'`);
  const message = await expectRefusal(database, "GATE");
  const expected = [
    /calendar month/,
    /was written/,
    /is disabled/,
    /view public\.v/,
    /column caller_name/,
    /column from_number/,
    /function public\.f/,
  ];
  for (const reason of expected) expect(message).toMatch(reason);
});

test("before migration 4 there is nothing to drop", async () => {
  await database.sql`delete from ssot.ledger where name = '20260209000400_mark_deprecated'`;
  const [row] = await database.sql`select code, can_force from ssot.phase3_blockers()`;
  expect(row).toEqual({ code: "not-deprecated", can_force: false });
});
