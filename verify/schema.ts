import { z } from "zod";
import { defineCheck, defineRead, defineSuite, plainText } from "../src/checks/define.ts";
import { sql } from "../src/checks/fragment.ts";
import { migrationNames, phase1 } from "../src/checks/migration-names.ts";
import { engineObjects } from "./engine-objects.ts";
import { bodiesOf, isOurs } from "./our-functions.ts";
import { rulesAccept } from "./rules-accept.ts";
import { searchObjects } from "./search.ts";
import { servingIndexes } from "./serving-indexes.ts";
import { remake } from "./ways-back.ts";
import { auditTable, columnsDropped, deprecatedColumns, witnessTriggers, witnessUntouched } from "./witness.ts";

const { backfill, validate, view, deprecate, drop } = migrationNames;
const again = "ssot migrate puts back what is missing; ssot status shows what is applied";
const problem = z.object({ name: plainText, problem: plainText });

/** Step 3 of the mission document: the objects are there, and they are what the migrations make. */
export const schema = defineSuite({
  id: "schema",
  title: "the objects of the migrations exist and are as they were made",
  checks: [
    defineRead({
      id: "migrations",
      claim: "the four migrations of Phase 1 are applied, and their own objects in schema ssot are there",
      hint: "ssot migrate applies what is pending; ssot status shows it",
      expected: "4 applied",
      schema: z.object({ missing: plainText }),
      look: async ({ sql: session, applied, facts }) => {
        const pending = phase1.filter((name) => !applied.has(name));
        const wanted = applied.has(deprecate) ? engineObjects(facts, applied.has(drop)) : [];
        const made = await session<{ missing: string }[]>`
          with wanted as materialized (
            select w.name, w.columns, case when w.name like '%(%' then to_regprocedure(w.name)::oid else to_regclass(w.name)::oid end as oid
            from jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) as w(name text, columns text)
          )
          select w.name as missing from wanted as w where w.oid is null
          union all
          select w.name || '.' || c.name from wanted as w cross join unnest(string_to_array(w.columns, ',')) as c(name)
          where w.oid is not null and w.name not like '%(%'
            and not exists (select from pg_catalog.pg_attribute as a where a.attrelid = w.oid and a.attname = c.name and not a.attisdropped)
          order by 1`;
        return {
          population: phase1.length,
          broken: pending.length + made.length,
          actual: `${phase1.length - pending.length} applied${made.length === 0 ? "" : `, ${made.length} of their objects missing`}`,
          rows: [...pending.map((name) => ({ missing: name })), ...made],
        };
      },
    }),
    defineCheck({
      id: "view",
      claim: "calls_with_caller_names exists, is a view, and has the columns that the dashboard reads",
      quotes: ["Expected: 1 row (VIEW)"],
      hint: remake,
      expected: "1 view",
      after: view,
      postcondition: true,
      row: problem,
      population: 1,
      sql: sql`
        select 'calls_with_caller_names' as name,
               case when c.oid is null then 'is missing' when c.relkind <> 'v' then 'is no view' else 'lacks a column' end as problem
        from (select to_regclass('public.calls_with_caller_names')::oid as oid) as w
        left join pg_catalog.pg_class as c on c.oid = w.oid
        where c.oid is null or c.relkind <> 'v' or (
          select count(*) from pg_catalog.pg_attribute as a
          where a.attrelid = c.oid and not a.attisdropped
            and a.attname in ('id', 'org_id', 'contact_id', 'call_direction', 'phone_number', 'created_at',
                              'resolved_caller_name', 'contact_email', 'contact_lead_status', 'contact_lead_score', 'name_source')) < 11`,
    }),
    defineCheck({
      id: "view-unchanged",
      claim: "the view does what migration 3 made it for",
      hint: `Somebody changed the view; ssot status says what it does now. ${remake}`,
      needs: ["view", "gate"],
      after: view,
      postcondition: true,
      row: z.object({ name: plainText }),
      population: 1,
      sql: sql`select 'calls_with_caller_names' as name where not ssot.view_is_ours()`,
    }),
    defineCheck({
      id: "constraints",
      claim: "the two rules on contacts exist and are validated",
      quotes: ["Expected: 2 rows (CHECK constraints)"],
      hint: remake,
      expected: "2 validated CHECK constraints",
      after: validate,
      postcondition: true,
      row: problem,
      population: 2,
      sql: sql`
        select w.name, case when k.oid is null then 'is missing' else 'is not validated' end as problem
        from (values ('contacts_name_must_be_real'), ('contacts_phone_must_be_e164')) as w(name)
        left join pg_catalog.pg_constraint as k
          on k.conrelid = to_regclass('public.contacts') and k.conname = w.name and k.contype = 'c'
        where k.oid is null or not k.convalidated
        order by w.name`,
    }),
    defineRead({
      id: "rules",
      claim: "the two rules refuse placeholders and loose numbers, and accept names, also a contact's own number",
      hint: remake,
      after: validate,
      schema: z.object({ rule: plainText, sample: plainText, problem: plainText }),
      look: rulesAccept,
    }),
    defineCheck({
      id: "indexes",
      claim: "the three indexes exist, are valid, and are on the columns they are for; others may stand for them",
      quotes: ["Expected: 3 rows"],
      hint: again,
      expected: "3 valid indexes",
      after: validate,
      postcondition: true,
      row: problem,
      population: 3,
      sql: sql`
        with serving as materialized (${servingIndexes})
        select w.name, case when x.indexrelid is null then 'is missing' when not (x.indisvalid and x.indisready) then 'is not valid'
                            else 'is another index' end as problem
        from (values ('idx_calls_contact_id', 'public.calls', '{contact_id}'::text[], false),
                     ('idx_contacts_org_phone', 'public.contacts', '{org_id,phone}', false),
                     ('idx_contacts_org_phone_unique', 'public.contacts', '{org_id,phone}', true)) as w(name, tab, keys, is_unique)
        left join pg_catalog.pg_index as x on x.indexrelid = to_regclass('public.' || w.name)
        where not exists (
          select from serving as s
          where s.indrelid = to_regclass(w.tab) and s.name not in ('idx_calls_search_contact') and s.keys[1:cardinality(w.keys)] = w.keys
            and case when w.is_unique then s.is_unique and cardinality(s.keys) = 2
                     /* The unique index does not stand for the other one. */
                     else s.indexrelid is distinct from (
                       select u.indexrelid from serving as u where u.indrelid = s.indrelid and u.is_unique and u.keys = w.keys
                       order by u.name <> 'idx_contacts_org_phone_unique', u.name limit 1) end)
        order by w.name`,
    }),
    witnessTriggers,
    witnessUntouched,
    defineCheck({
      id: "functions",
      claim: "the tool's functions have the bodies that the migrations give them",
      hint: "Somebody changed them, or another version of ssot made them: psql -v ON_ERROR_STOP=1 -v repair=yes -f sql/install.sql, from this version's folder, puts those of schema ssot back",
      needs: ["bookkeeping"],
      after: deprecate,
      row: problem,
      population: sql`
        select count(*) as population from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where n.nspname in ('ssot', 'ssot_search')`,
      sql: (facts) => sql`
        select f.name, 'has another body' as problem
        from (
          select p.oid::regprocedure::text as name, md5(replace(p.prosrc, chr(13), '')) as body from pg_catalog.pg_proc as p
          join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
          where (n.nspname = 'ssot_search' or ${isOurs(facts)})
            /* What it tells apart depends on the encoding. */
            and (p.proname <> 'is_placeholder' or getdatabaseencoding() = 'UTF8')
        ) as f
        join jsonb_each_text(${JSON.stringify(bodiesOf(facts))}::text::jsonb) as m(name, bodies) on m.name = f.name
        where strpos(m.bodies, f.body) = 0
        union all
        select 'engine ' || ${String(facts.version)}, 'is not known to this ssot'
        where ${Object.keys(bodiesOf(facts)).length === 0}
        order by 1`,
    }),
    searchObjects,
    defineCheck({
      id: "archive",
      claim: "after Phase 3 the dropped values are kept, until ssot finalize lets them go",
      hint: "Without ssot.dropped_call_columns a rollback brings the columns back empty: restore it from a backup",
      after: drop,
      row: problem,
      population: 1,
      sql: sql`
        select 'ssot.dropped_call_columns' as name, 'is missing' as problem
        where to_regclass('ssot.dropped_call_columns') is null and not exists (select from ssot.finalization)`,
    }),
    deprecatedColumns,
    auditTable,
    defineCheck({
      id: "name-follows-phone",
      claim: "an unnamed contact's name follows its number",
      hint: remake,
      after: validate,
      postcondition: true,
      row: problem,
      population: 1,
      sql: sql`
        select 'contact_name_follows_phone' as name, 'is missing, disabled or another trigger' as problem
        where not exists (
          select from pg_catalog.pg_trigger as t
          where t.tgrelid = to_regclass('public.contacts') and t.tgname = 'contact_name_follows_phone' and t.tgenabled in ('O', 'A')
            and t.tgtype = 19 and pg_get_triggerdef(t.oid) ~* 'update of phone on .*old[.]name.* = .*old[.]phone.*new[.]name.* = .*old[.]phone'
            and t.tgfoid = to_regprocedure('ssot.contact_name_follows_phone()'))`,
    }),
    defineCheck({
      id: "erasure",
      claim: "the triggers exist by which deletes of calls and contacts remove what the tool keeps of them",
      hint: remake,
      expected: "every trigger",
      after: backfill,
      postcondition: true,
      row: problem,
      population: 2,
      sql: sql`
        select w.name || '.ssot_erase_deleted' as name, 'is missing, disabled or another trigger' as problem
        from (values ('calls'), ('contacts')) as w(name)
        where not exists (
          select from pg_catalog.pg_trigger as t
          where t.tgrelid = to_regclass('public.' || w.name) and t.tgname = 'ssot_erase_deleted' and t.tgenabled = 'A'
            and t.tgtype = 8 and t.tgqual is null and t.tgfoid = to_regprocedure('ssot.erase_deleted()'))
        union all
        select c.relname || '.blank_audit_row', 'is missing, disabled or another trigger' from pg_catalog.pg_class as c
        where c.oid = to_regclass('public.deprecated_column_audit') and not exists (
          select from pg_catalog.pg_trigger as t
          where t.tgrelid = c.oid and t.tgname = 'blank_audit_row' and t.tgenabled in ('O', 'A')
            and t.tgtype = 19 and t.tgqual is null and t.tgfoid = to_regprocedure('ssot.blank_audit_row()'))
        order by 1`,
    }),
    defineCheck({
      id: "contact-source",
      claim: "contacts say where they come from",
      hint: remake,
      after: validate,
      postcondition: true,
      row: problem,
      population: 1,
      sql: sql`
        select 'contacts.source' as name, 'is missing' as problem
        where not exists (select from pg_catalog.pg_attribute as a
                          where a.attrelid = to_regclass('public.contacts') and a.attname = 'source' and not a.attisdropped)`,
    }),
    columnsDropped,
  ],
});
