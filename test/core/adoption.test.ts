import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

const byHand = `
  create index idx_contacts_org_phone on public.contacts (org_id, phone) where phone is not null;
  create index idx_calls_contact_id on public.calls (contact_id);
  alter table public.contacts add constraint contacts_name_must_be_real check (name is null or name <> 'impossible');
  create view public.calls_with_caller_names as
    select c.id, c.org_id, c.caller_name as legacy_name, k.name as resolved_caller_name, o.name as organisation
    from public.calls c left join public.contacts k on k.id = c.contact_id join public.organizations o on o.id = c.org_id;
  create table public.deprecated_column_audit (
    id uuid primary key default gen_random_uuid(), table_name text not null, column_name text not null,
    call_id uuid references public.calls (id), org_id uuid references public.organizations (id),
    old_value text, new_value text, detected_at timestamptz not null default now());
  create function public.check_deprecated_column_writes_with_audit() returns trigger language plpgsql as $$
  begin
    if new.caller_name is distinct from old.caller_name then
      insert into public.deprecated_column_audit (table_name, column_name, call_id, org_id, old_value, new_value)
      values ('calls', 'caller_name', new.id, new.org_id, old.caller_name, new.caller_name);
    end if;
    return new;
  end $$;
  create trigger warn_deprecated_writes before update on public.calls
    for each row execute function public.check_deprecated_column_writes_with_audit();
  comment on column public.calls.caller_name is 'DEPRECATED by hand'`;

test("what was done by hand is replaced, and comes back on rollback", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  await sql.unsafe(byHand);
  await sql`update public.calls set caller_name = 'by hand' where phone_number is not null and id = (select min(id::text)::uuid from public.calls)`;
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url, { replaceView: true }));
  const [seen] = await sql`
    select pg_get_viewdef('public.calls_with_caller_names'::regclass) like '%legacy_name%' as theirs,
           (select count(*)::int from pg_trigger where tgrelid = 'public.calls'::regclass and tgname ^@ 'warn_deprecated_writes') as triggers,
           (select count(*)::int from ssot.adopted_column_audit) as kept`;
  expect(seen).toEqual({ theirs: false, triggers: 7, kept: 1 });
  await rollback(rollbackOptions(url));
  expect(await snapshotDatabase(sql)).toBe(before);
});
