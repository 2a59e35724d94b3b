import type { Sql } from "postgres";
import { listPresentTables } from "./present-tables.ts";

const kinds: Readonly<Record<string, string>> = {
  index: "indexes",
  view: "views",
  check: "rules",
  column: "columns",
  schema: "schemas",
};

/** Objects that a migration made where there was none, and that go with it, by kind. */
export async function countMadeObjects(sql: Sql, migration: string): Promise<Readonly<Record<string, number>>> {
  if (!(await listPresentTables(sql, ["ssot.object"])).has("ssot.object")) return {};
  const rows = await sql<{ kind: string; n: string }[]>`
    select o.kind, count(*) as n from ssot.object as o
    where o.migration = ${migration} and o.stage = 'former' and o.outcome = 'created' group by o.kind order by o.kind`;
  return Object.fromEntries(
    rows.flatMap(({ kind, n }): readonly [string, number][] => {
      const what = kinds[kind];
      return what === undefined ? [] : [[what, Number(n)]];
    }),
  );
}

/** Whether somebody changed the view of live names since it was made: then a rollback leaves it. */
export async function isViewChanged(sql: Sql, migration: string): Promise<boolean> {
  const [known] = await sql<{ present: boolean }[]>`
    select to_regprocedure('ssot.view_text()') is not null and to_regclass('ssot.object') is not null as present`;
  if (!known?.present) return false;
  const rows = await sql`
    select o.name from ssot.object as o
    where o.migration = ${migration} and o.stage = 'former' and o.kind = 'view' and o.outcome <> 'kept' and o.made is not null
      and to_regclass('public.calls_with_caller_names') is not null and ssot.view_text() is distinct from o.made`;
  return rows.length > 0;
}
