import type { Sql } from "postgres";
import { migrationNames } from "../../../model/mission.ts";
import { listPresentTables } from "./present-tables.ts";

/** The values that a drop keeps. */
export interface UndoArchive {
  readonly migration: string;
  /** As SQL writes them. */
  readonly relation: string;
  readonly store: string;
  /** Condition: row r of the table is row x of the store. */
  readonly sameRow: string;
  readonly columns: readonly { readonly name: string; readonly text: string; readonly present: boolean }[];
  /** A number was filled in elsewhere: filled, over filled_over. */
  readonly fills: boolean;
  /** The columns went: else only filled numbers go back. */
  readonly dropped: boolean;
}

/** What drops keep, whichever engine wrote it; those of tables that are gone are left out. */
export async function listUndoArchives(sql: Sql): Promise<readonly UndoArchive[]> {
  const store = "ssot.dropped_call_columns";
  const there = await listPresentTables(sql, ["ssot.archive", store]);
  const source = there.has("ssot.archive")
    ? sql`
      select a.migration, a.relation, a.store, ssot.same_key(a, 'r', a.row_key, 'x', a.store_key) as same, a.columns, a.fill is not null as fills,
             exists (select from ssot.object as o where o.migration = a.migration and o.stage = 'columns') as dropped
      from ssot.archive as a`
    : sql`
      select ${migrationNames.drop} as migration, 'public.calls' as relation, ${store} as store, 'r.id = x.call_id' as same,
             '{caller_name,from_number}'::text[] as columns, true as fills, true as dropped
      where ${there.has(store)}`;
  const rows = await sql<UndoArchive[]>`
    select a.migration, a.relation, a.store, a.same as "sameRow", a.fills, a.dropped, c.columns
    from (${source}) as a
    cross join lateral (
      select jsonb_agg(jsonb_build_object('name', quote_ident(k.name), 'text', k.name, 'present', exists (
               select from pg_catalog.pg_attribute as t
               where t.attrelid = to_regclass(a.relation) and t.attname = k.name and not t.attisdropped)) order by k.place) as columns
      from unnest(a.columns) with ordinality as k(name, place)
    ) as c
    where to_regclass(a.relation) is not null and to_regclass(a.store) is not null
    order by 1`;
  return rows;
}

export interface UndoneArchive {
  /** By column, in their order. */
  readonly columns: readonly { readonly column: string; readonly restored: number; readonly kept: number }[];
  /** Numbers that were filled in elsewhere and go again, or that somebody changed since. */
  readonly filled: { readonly restored: number; readonly kept: number };
}

/** What becomes of the values that a drop keeps when it is taken back now: one scan of its table, one of its store. */
export async function countUndoneArchive(sql: Sql, archive: UndoArchive): Promise<UndoneArchive> {
  const { relation, store, sameRow, columns, fills, dropped } = archive;
  const mayCome = "r.ctid is not null and not x.gone";
  const counts = columns.flatMap(({ name, present }, place) => {
    const same = present
      ? `x.${name}::text collate "C" is not distinct from coalesce(r.${name}, x.${name})::text collate "C"`
      : "true";
    const has = dropped ? `x.${name} is distinct from null and ${mayCome}` : "false";
    return [
      `count(*) filter (where ${has} and ${same}) as restored_${place}`,
      `count(*) filter (where ${has} and not (${same})) as kept_${place}`,
    ];
  });
  const goes = "r.phone_number = x.filled";
  const touched = dropped ? mayCome : "r.ctid is not null";
  const filled = fills
    ? [
        `count(*) filter (where x.filled is not null and ${touched} and ((${goes}) is true${dropped ? " or r.phone_number is not distinct from x.filled_over" : ""})) as filled_restored`,
        `count(*) filter (where x.filled is not null and ${touched} and (${goes}) is not true and r.phone_number is distinct from x.filled_over) as filled_kept`,
      ]
    : [];
  const [row] = await sql.unsafe<Record<string, string>[]>(
    `select ${[...counts, ...filled].join(", ")} from ${store} as x left join ${relation} as r on ${sameRow}`,
  );
  const n = (key: string): number => Number(row?.[key] ?? 0);
  return {
    columns: columns.map(({ text }, place) => ({
      column: text,
      restored: n(`restored_${place}`),
      kept: n(`kept_${place}`),
    })),
    filled: { restored: n("filled_restored"), kept: n("filled_kept") },
  };
}

/** SQL: numbers that a drop filled in, as steps for countUndoneValues. */
export function filledSteps({ store, dropped }: UndoArchive): string {
  return `
    select x.call_id as id, 0::bigint as seq, x.filled_over as old, x.filled as new, false as is_stuck
    from ${store} as x where x.filled is not null${dropped ? " and not x.gone" : ""}`;
}
