import { z } from "zod";
import { defineCheck, plainText } from "../src/checks/define.ts";
import type { EngineFacts } from "../src/checks/engine-facts.ts";
import { type Fragment, sql } from "../src/checks/fragment.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import { byDeprecation } from "../src/model/deprecated-column.ts";
import { missionColumns, missionWitness } from "../src/model/mission.ts";
import { expectedTriggers } from "./expected-triggers.ts";
import { remake } from "./ways-back.ts";

const { deprecate, drop } = migrationNames;
const problem = z.object({ name: plainText, problem: plainText });

/** The mission's deprecation alone; of all others the suite `deprecations` asks. */
function ofMission(facts: EngineFacts): EngineFacts {
  return { ...facts, deprecated: facts.deprecated.filter(({ migration }) => migration === deprecate) };
}

/** Of the suite schema: the triggers that witness deprecated writes. */
export const witnessTriggers = defineCheck({
  id: "triggers",
  claim:
    "the triggers that witness deprecated writes exist, are enabled for every session, and fire on what they should",
  quotes: ["Expected: 1 row"],
  hint: remake,
  expected: "every trigger, warn_deprecated_writes among them",
  after: deprecate,
  until: drop,
  postcondition: true,
  row: problem,
  population: (facts) => sql`select ${expectedTriggers(ofMission(facts)).length}::integer as population`,
  sql: (facts) => missingTriggers(ofMission(facts)),
});

/** What of the triggers of these deprecations is not as it has to be. */
export function missingTriggers(facts: EngineFacts): Fragment {
  return sql`
    select w.name, case when t.oid is null then 'is missing' when t.tgenabled <> 'A' then 'is not enabled for every session'
                        else 'is another trigger' end as problem
    from jsonb_to_recordset(${JSON.stringify(expectedTriggers(facts))}::text::jsonb)
      as w(name text, relation text, type integer, "column" text, watched text, conditional boolean, witness text, told jsonb)
    left join pg_catalog.pg_trigger as t on t.tgrelid = to_regclass(w.relation) and t.tgname = w.name and not t.tgisinternal
    left join lateral (
      select string_agg(a.attname, ',') as cols from unnest(t.tgattr) as k(attnum)
      join pg_catalog.pg_attribute as a on a.attrelid = t.tgrelid and a.attnum = k.attnum
    ) as c on true
    cross join lateral (
      select '(' || string_agg(quote_literal(a.said), ', ' order by a.place) as said
      from jsonb_array_elements_text(w.told) with ordinality as a(said, place)
    ) as a
    where t.oid is null or t.tgenabled <> 'A' or t.tgtype <> w.type or c.cols is distinct from w."column"
       or t.tgfoid is distinct from to_regprocedure(w.witness)::oid or (t.tgqual is not null) <> w.conditional
       or strpos(pg_get_triggerdef(t.oid), a.said) = 0
       or w.conditional and w.watched is not null and pg_get_triggerdef(t.oid) !~* ('when .*new[.]"?' || regexp_replace(replace(w.watched, '"', '""'), '([^[:alnum:]_])', '\\\\\\1', 'g') || '"?[^[:alnum:]_].*execute')
    order by w.name`;
}

/** Of the suite schema: nobody touched them or their functions. */
export const witnessUntouched = defineCheck({
  id: "witness",
  claim: "triggers and functions of the witness are untouched since migration 4",
  hint: "After a restore or an upgrade: ssot audit rebaseline, which starts the month again",
  needs: ["witness"],
  after: deprecate,
  until: drop,
  postcondition: true,
  row: problem,
  population: sql`select count(*) as population from ssot.witness`,
  sql: (facts) => touchedWitness(ofMission(facts)),
});

/** What of the witness of these deprecations is not as it was sworn in. */
export function touchedWitness(facts: EngineFacts): Fragment {
  return sql`
    with deprecation as materialized (
      select d.migration, d.triggers
      from jsonb_to_recordset(${JSON.stringify(deprecationsOf(facts))}::text::jsonb) as d(migration text, triggers integer)
    ), live as materialized (
      ${liveWitness(facts)}
    ), sworn as materialized (
      ${swornWitness(facts)}
    )
    select s.name, case when l.object_id is null then 'is missing' when not l.awake then 'is disabled'
                        else 'was made or changed since' end as problem
    from deprecation as d join sworn as s on s.migration = d.migration
    left join live as l on l.migration = s.migration and l.kind = s.kind and l.name = s.name
    where l.object_id is null or not l.awake or l.object_id <> s.object_id or l.changed_in <> s.changed_in or s.touched_before
    union all
    select s.name, 'was sworn in again since' from deprecation as d join sworn as s on s.migration = d.migration where s.is_late
    union all
    select 'witness', 'is not recorded' from deprecation as d
    where (select count(*) from sworn as s where s.migration = d.migration and s.kind = 'trigger') < d.triggers
       or (select count(*) from sworn as s where s.migration = d.migration and s.kind = 'function') < 4
    order by 1`;
}

function deprecationsOf(facts: EngineFacts): readonly object[] {
  const triggers = expectedTriggers(facts);
  return [...byDeprecation(facts.deprecated).keys()].map((migration) => ({
    migration,
    triggers: triggers.filter((trigger) => trigger.migration === migration).length,
  }));
}

/** The witness of each deprecation as it is now; the first engine knew one. */
function liveWitness({ version }: EngineFacts): Fragment {
  return version === 1
    ? sql`select d.migration, l.* from deprecation as d cross join ssot.live_witness() as l`
    : sql`select d.migration, l.* from deprecation as d cross join lateral ssot.live_witness(d.migration) as l`;
}

/** The witness of each deprecation as it was sworn in. */
function swornWitness({ version }: EngineFacts): Fragment {
  return version === 1
    ? sql`select d.migration, s.*, false as touched_before, false as is_late from deprecation as d cross join ssot.witness as s`
    : sql`select s.migration, s.kind, s.name, s.object_id, s.changed_in, s.touched_before is not null as touched_before, ${isLate} as is_late
          from ssot.witness as s`;
}

/**
 * Whether a sworn row is younger than all that swears in: the migration, audit rebaseline (the ledger's row), a run that takes the drop
 * back, an upgrade. By their transactions, whose numbers go round.
 */
const isLate: Fragment = sql`not exists (
  select from (select l.xmin from ssot.ledger as l where l.name = s.migration
               union all select r.xmin from ssot.run as r
               union all select e.xmin from ssot.engine as e) as w(written_in)
  where (w.written_in::text::bigint - s.xmin::text::bigint + 4294967296) % 4294967296 < 2147483648)`;

/** Of the suite schema: the columns say that they are deprecated. */
export const deprecatedColumns = defineCheck({
  id: "deprecated-columns",
  claim: "both deprecated columns are still there, and their comments say that they are deprecated",
  hint: remake,
  expected: "2 columns with their comment",
  after: deprecate,
  until: drop,
  row: problem,
  population: (facts) => sql`select ${markedColumns(facts).length}::integer as population`,
  sql: (facts) => sql`
    select w."table" || '.' || w."column" as name,
           case when a.attnum is null then 'is missing' when not w.recorded then 'is not recorded as deprecated'
                else 'is not marked as deprecated' end as problem
    from jsonb_to_recordset(${JSON.stringify(markedColumns(facts))}::text::jsonb)
      as w(relation text, "table" text, "column" text, recorded boolean)
    left join pg_catalog.pg_attribute as a
      on a.attrelid = to_regclass(w.relation) and a.attname = w."column" and not a.attisdropped
    where a.attnum is null or not w.recorded or strpos(coalesce(col_description(a.attrelid, a.attnum), ''), 'DEPRECATED') = 0
    order by 1`,
});

/** What is recorded, and the mission's columns, whatever is. */
function markedColumns(facts: EngineFacts): readonly object[] {
  const { deprecated } = ofMission(facts);
  const recorded = deprecated.map(({ relation, table, column }) => ({ relation, table, column, recorded: true }));
  const missing = Object.values(missionColumns).filter(
    (column) => !recorded.some((each) => each.relation === "public.calls" && each.column === column),
  );
  return [
    ...recorded,
    ...missing.map((column) => ({ relation: "public.calls", table: "calls", column, recorded: false })),
  ];
}

/** Of the suite schema: the audit is whole. */
export const auditTable = defineCheck({
  id: "audit-table",
  claim: "the audit of deprecated writes has its columns",
  hint: remake,
  after: deprecate,
  until: drop,
  row: problem,
  population: 12,
  sql: sql`
    select 'deprecated_column_audit.' || w.name as name, 'is missing' as problem
    from unnest(string_to_array('id,table_name,column_name,call_id,org_id,old_value,new_value,detected_at,operation,seen,role_name,statement', ','))
      as w(name)
    where not exists (select from pg_catalog.pg_attribute as a
                      where a.attrelid = to_regclass('public.deprecated_column_audit') and a.attname = w.name and not a.attisdropped)
    order by 1`,
});

/** Of the suite schema: nothing is left of what Phase 3 takes away. */
export const columnsDropped = defineCheck({
  id: "columns-dropped",
  claim: "after Phase 3 the columns, their triggers, function and audit are gone, and the view is there",
  hint: "ssot status shows where Phase 3 stands; ssot migrate --phase 3 goes on with an interrupted one",
  after: drop,
  postcondition: true,
  row: problem,
  population: 9,
  sql: sql`
    select 'calls.' || a.attname as name, 'is still there' as problem from pg_catalog.pg_attribute as a
    where a.attrelid = to_regclass('public.calls') and a.attname in (${missionColumns.name}, ${missionColumns.number})
      and not a.attisdropped
    union all
    select 'trigger ' || t.tgname, 'is still there' from pg_catalog.pg_trigger as t
    where t.tgrelid = to_regclass('public.calls') and (t.tgname ^@ 'warn_deprecated_writes' or t.tgname ^@ 'ssot_archive')
    union all
    select 'function check_deprecated_column_writes_with_audit', 'is still there' where to_regprocedure(${missionWitness}) is not null
    union all
    select 'table deprecated_column_audit', 'is still there' where to_regclass('public.deprecated_column_audit') is not null
    union all
    select 'view calls_with_caller_names', 'is missing' where to_regclass('public.calls_with_caller_names') is null
    order by 1`,
});
