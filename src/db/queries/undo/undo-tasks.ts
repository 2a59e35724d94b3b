import type { Sql } from "postgres";
import { migrationNames } from "../../../model/mission.ts";
import { listPresentTables } from "./present-tables.ts";

/** A change of one column that is undone row by row. */
export interface UndoTask {
  readonly task: string;
  readonly migration: string;
  /** The word under which its rows are counted. */
  readonly effect: string;
  /** Both as SQL writes them. */
  readonly relation: string;
  readonly column: string;
  readonly type: string;
  /** SQL: the journal's rows that are applied, as seq, id, old, new. */
  readonly rows: string;
  /** SQL over the row r: it came after the migration was applied; null where nobody can tell. */
  readonly isLater: string | null;
}

// The first engine's table of tasks knows no more than the task.
const first = [
  {
    task: "calls.contact_id",
    migration: migrationNames.backfill,
    relation: "public.calls",
    column: "contact_id",
    effect: "callsLinked",
    journal: "ssot.journal_calls_contact_id",
  },
  {
    task: "calls.phone_number",
    migration: migrationNames.validate,
    relation: "public.calls",
    column: "phone_number",
    effect: "phonesNormalised",
    journal: "ssot.journal_calls_phone_number",
  },
  {
    task: "contacts.phone",
    migration: migrationNames.validate,
    relation: "public.contacts",
    column: "phone",
    effect: "phonesNormalised",
    journal: "ssot.journal_contacts_phone",
  },
  {
    task: "contacts.name",
    migration: migrationNames.validate,
    relation: "public.contacts",
    column: "name",
    effect: "namesReplaced",
    journal: "ssot.journal_contacts_name",
  },
] as const;

/** What is journaled column by column, whichever engine wrote it; none where ssot never ran. */
export async function listUndoTasks(sql: Sql): Promise<readonly UndoTask[]> {
  const there = await listPresentTables(sql, ["ssot.task", "ssot.journal", ...first.map(({ journal }) => journal)]);
  if (!there.has("ssot.task")) return [];
  const of = (key: "task" | "migration" | "relation" | "column" | "effect"): string[] => first.map((task) => task[key]);
  const rows = await sql<(Omit<UndoTask, "rows"> & { literal: string; done: string })[]>`
    select t.task, quote_literal(t.task) as literal, t.done, x.migration, x.effect, x.relation, quote_ident(a.attname) as "column",
           format_type(a.atttypid, a.atttypmod) as type,
           case when m.atttypid = 'timestamptz'::regtype then format('r.created_at > %L::timestamptz', l.run_on at time zone 'UTC')
                when m.atttypid = 'timestamp'::regtype then format('r.created_at > %L::timestamp', l.run_on) end as "isLater"
    from ssot.task as t
    left join unnest(${of("task")}::text[], ${of("migration")}::text[], ${of("relation")}::text[], ${of("column")}::text[], ${of("effect")}::text[])
      as f(task, migration, relation, column_name, effect) on f.task = t.task
    cross join lateral (
      select coalesce(to_jsonb(t) ->> 'migration', f.migration) as migration, coalesce(to_jsonb(t) ->> 'relation', f.relation) as relation,
             coalesce(to_jsonb(t) ->> 'column_name', f.column_name) as column_name, coalesce(to_jsonb(t) ->> 'effect', f.effect) as effect
    ) as x
    join pg_catalog.pg_attribute as a on a.attrelid = to_regclass(x.relation) and a.attname = x.column_name and not a.attisdropped
    left join pg_catalog.pg_attribute as m on m.attrelid = a.attrelid and m.attname = 'created_at' and not m.attisdropped
    left join ssot.ledger as l on l.name = x.migration
    order by t.task`;
  return rows.map(({ literal, done, ...task }) => {
    const older = first.find(({ task: name }) => name === task.task)?.journal;
    const journals = [
      ...(there.has("ssot.journal")
        ? [
            `select j.seq, j.id, j.old, j.new from ssot.journal as j where j.task = ${literal} and j.seq <= ${Number(done)}`,
          ]
        : []),
      ...(older !== undefined && there.has(older)
        ? [
            `select j.seq, j.id, j.old::text as old, j.new::text as new from ${older} as j where j.seq <= ${Number(done)}`,
          ]
        : []),
    ];
    const none = "select 0::bigint as seq, null::uuid as id, null::text as old, null::text as new where false";
    return { ...task, rows: journals.join(" union all ") || none };
  });
}
