import { z } from "zod";
import { defineCheck, defineRead, defineSuite, plainText } from "../src/checks/define.ts";
import type { EngineFacts } from "../src/checks/engine-facts.ts";
import { sql } from "../src/checks/fragment.ts";
import { byDeprecation, type DeprecatedColumn } from "../src/model/deprecated-column.ts";
import { migrationNames } from "../src/model/mission.ts";
import { expectedTriggers } from "./expected-triggers.ts";
import { remake } from "./ways-back.ts";
import { missingTriggers, touchedWitness } from "./witness.ts";

const problem = z.object({ name: plainText, problem: plainText });
// Time is no fault, and of the witness the check before tells.
const elsewhere: readonly string[] = ["not-before", "soak", "witness"];

/** Columns that are still there, of deprecations that are not half dropped. */
function present(facts: EngineFacts): EngineFacts {
  return { ...facts, deprecated: facts.deprecated.filter((column) => column.present) };
}

/** There is no engine, or one that kept values of one drop alone. */
function keepsNoArchives({ version = 1 }: EngineFacts): boolean {
  return version === 1;
}

const asJson = ({ deprecated }: EngineFacts): string =>
  JSON.stringify(deprecated.map(({ relation, table, column, migration }) => ({ relation, table, column, migration })));

/** What is promised of every deprecated column, whatever its table. */
export const deprecations = defineSuite({
  id: "deprecations",
  title: "every deprecated column is marked, witnessed, and comes back with its values",
  checks: [
    defineCheck({
      id: "marked",
      claim: "each deprecated column is there and says so in its comment, or was dropped by its own migration",
      hint: `Somebody dropped it or wrote another comment. ${remake}`,
      row: problem,
      population: ({ deprecated }) => sql`select ${deprecated.length}::integer as population`,
      sql: (facts) => sql`
        select w."table" || '.' || w."column" as name, case when a.attnum is null then 'is missing, and no migration dropped it'
                                                          else 'is not marked as deprecated' end as problem
        from jsonb_to_recordset(${asJson(facts)}::text::jsonb) as w(relation text, "table" text, "column" text, migration text)
        left join pg_catalog.pg_attribute as a
          on a.attrelid = to_regclass(w.relation) and a.attname = w."column" and not a.attisdropped
        where a.attnum is null and not ${
          keepsNoArchives(facts)
            ? sql`(to_regclass('ssot.dropped_call_columns') is not null)`
            : sql`exists (select from ssot.object as o where o.stage = 'columns' and o.kind = 'column' and o.name = w."column")`
        }
           or a.attnum is not null and strpos(coalesce(col_description(a.attrelid, a.attnum), ''), 'DEPRECATED') = 0
        order by 1`,
    }),
    defineCheck({
      id: "witnessed",
      claim: "the triggers that witness writes exist, are enabled for every session, and fire on what they should",
      hint: remake,
      row: problem,
      population: (facts) => sql`select ${expectedTriggers(present(facts)).length}::integer as population`,
      sql: (facts) => missingTriggers(present(facts)),
    }),
    defineCheck({
      id: "guarded",
      claim: "triggers and functions of the witness are untouched since they were sworn in",
      hint: "After a restore or an upgrade: ssot audit rebaseline, which starts the month again",
      needs: ["witness"],
      row: problem,
      population: sql`select count(*) as population from ssot.witness`,
      sql: (facts) => touchedWitness(present(facts)),
    }),
    defineCheck({
      id: "rows",
      claim: "what is kept of a row goes with it when it is deleted, and follows it to another key",
      hint: remake,
      row: problem,
      population: (facts) => sql`select ${facts.deprecated.length}::integer as population`,
      sql: (facts) =>
        keepsNoArchives(facts)
          ? sql`select '' as name, '' as problem where false`
          : sql`
        select w.name || ' on ' || d.relation as name, 'is missing, disabled or another trigger' as problem
        from (select x.relation from ssot.deprecated_column as x where x.row_key is not null and to_regclass(x.relation) is not null
              union select y.relation from ssot.archive as y) as d
        cross join (values ('ssot_erase_row', null, 'ssot.erase_row()'), ('ssot_erase_all', 32, 'ssot.erase_row()'),
                           ('ssot_follow_key', 17, 'ssot.follow_key()')) as w(name, type, routine)
        where not exists (select from pg_catalog.pg_trigger as t where t.tgrelid = to_regclass(d.relation) and t.tgname = 'ssot_erase_deleted')
          and not exists (select from pg_catalog.pg_trigger as t
                          where t.tgrelid = to_regclass(d.relation) and t.tgname = w.name and t.tgenabled = 'A'
                            and t.tgtype = coalesce(w.type, case (select c.relkind from pg_catalog.pg_class as c where c.oid = t.tgrelid) when 'p' then 9 else 8 end)
                            and t.tgfoid = to_regprocedure(w.routine))
        order by 1`,
    }),
    defineCheck({
      id: "archive",
      claim: "the values of each dropped column are kept, until ssot finalize lets them go",
      hint: "Without them a rollback brings the column back empty: restore the table from a backup",
      row: problem,
      population: (facts) =>
        keepsNoArchives(facts)
          ? sql`select count(to_regclass('ssot.dropped_call_columns')) as population`
          : sql`select count(*) as population from ssot.archive`,
      sql: (facts) =>
        keepsNoArchives(facts)
          ? sql`select '' as name, '' as problem where false`
          : sql`
        select a.store || case when s.oid is null then '' else '.' || c.name end as name, 'is missing' as problem
        from ssot.archive as a
        left join pg_catalog.pg_class as s on s.oid = to_regclass(a.store)
        cross join unnest(a.columns || a.store_key || '{gone}'::text[]) as c(name)
        where not exists (select from ssot.finalization) and not exists (
          select from pg_catalog.pg_attribute as x where x.attrelid = s.oid and x.attname = c.name and not x.attisdropped)
        order by 1`,
    }),
    defineRead({
      id: "gate",
      claim: "the gate of each drop can be asked, and nothing but time keeps a column that is due from going",
      hint: "ssot audit deprecated shows what speaks against the drop",
      needs: ["gate"],
      schema: z.object({ migration: plainText, reason: plainText }),
      look: async ({ gate, facts }) => {
        // Of the mission's columns the suite phase3 tells.
        const asked = [...byDeprecation(present(facts).deprecated)].filter(
          ([migration]) => migration !== migrationNames.deprecate,
        );
        const rows: { migration: string; reason: string }[] = [];
        for (const [migration] of asked) {
          for (const { code, message } of await gate(migration)) {
            if (!elsewhere.includes(code)) rows.push({ migration, reason: message });
          }
        }
        const due = asked.filter(([, columns]) => isDue(columns)).map(([migration]) => migration);
        return {
          population: byDeprecation(present(facts).deprecated).size,
          broken: rows.length,
          severity: rows.some(({ migration }) => due.includes(migration)) ? "fail" : "warn",
          actual: rows.map(({ reason }) => reason).join("; ") || "nothing but time speaks against it",
          rows,
        };
      },
    }),
  ],
});

function isDue(columns: readonly DeprecatedColumn[]): boolean {
  return columns.every(({ due }) => due);
}
