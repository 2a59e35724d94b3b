import type { Sql } from "postgres";
import { fillsOf, imagesOf } from "./undo-merges.ts";
import { type UndoneCounts, walkedCounts, walkSql } from "./walk.ts";

/** A column whose references a merge moved. */
export interface MovedReference {
  readonly relation: string;
  readonly column: string;
  /** The same as SQL text. */
  readonly relationText: string;
  readonly columnText: string;
  /** Columns that find its rows, with their types, as SQL writes them; of a table without a primary key all. */
  readonly key: readonly { readonly text: string; readonly name: string; readonly type: string }[];
  /** The key holds the reference itself. */
  readonly holdsItself: boolean;
}

/** The columns whose references were moved, by table and column; those of tables that are gone are left out. */
export async function listMovedReferences(sql: Sql, merges: string): Promise<readonly MovedReference[]> {
  return sql<MovedReference[]>`
    select m.relation as "relationText", m.column_name as "columnText", m.relation, quote_ident(m.column_name) as "column", k.key,
           k.names ? m.column_name as "holdsItself"
    from (select distinct j.relation, j.column_name from (${sql.unsafe(merges)}) as j where j.kind = 'repoint') as m
    cross join lateral (
      select jsonb_agg(jsonb_build_object('text', a.attname, 'name', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum) as key,
             jsonb_agg(a.attname) as names
      from pg_catalog.pg_attribute as a
      left join pg_catalog.pg_index as x on x.indrelid = a.attrelid and x.indisprimary
      where a.attrelid = to_regclass(m.relation) and a.attnum > 0 and not a.attisdropped and (x.indrelid is null or a.attnum = any (x.indkey))
    ) as k
    where k.key is not null
    order by 1, 2`;
}

/** SQL: references of a column of rows with one uuid as their key, as steps for countUndoneValues. `away`: SQL array of contacts that stay away. */
export function referenceSteps(merges: string, relation: string, column: string, away: string): string {
  return `
    select (j.key ->> 'id')::uuid as id, j.seq, j.old, j.new, j.old = any (${away}) as is_stuck
    from (${merges}) as j where j.kind = 'repoint' and j.relation = '${relation}' and j.column_name = '${column}'`;
}

/** What becomes of the moved references of one column. `away`: the contacts that cannot be put back, whose references stay where they are. */
export async function countUndoneReferences(
  sql: Sql,
  merges: string,
  moved: MovedReference,
  away: readonly string[],
): Promise<UndoneCounts> {
  const { relation, column, key } = moved;
  const mine = `select j.* from (${merges}) as j where j.kind = 'repoint' and j.relation = $2 and j.column_name = $3`;
  const asKey = (alias: string): string =>
    `jsonb_build_object(${key.map(({ text, name }) => `${literal(text)}, ${alias}.${name}::text`).join(", ")})`;
  const found = key.map(({ text, name, type }) => `r.${name} = (k.key ->> ${literal(text)})::${type}`).join(" and ");
  const ofContacts = moved.relationText === "public.contacts";
  // In contacts a value that was taken over may lie over a moved reference; a contact that comes back has its own put right after.
  const all = ofContacts
    ? `select j.key, j.seq, 1 as phase, j.old, j.new from (${mine}) as j
       union all select jsonb_build_object('id', f.id), f.seq, 0, f.old, f.new from (${fillsOf(merges)}) as f where f.col = $3`
    : `select j.key, j.seq, 1 as phase, j.old, j.new from (${mine}) as j`;
  const steps = `
    select j.key as id, j.phase, j.old::uuid as old, j.new::uuid as new, j.phase = 1 and j.old = any ($1::text[]) as is_stuck,
           row_number() over (partition by j.key order by j.seq desc) as n from (${all}) as j`;
  const present = `
    select k.key as id, r.${column} as value, false as is_later from (select distinct j.key from (${all}) as j) as k join ${relation} as r on ${found}
    ${
      ofContacts
        ? `union all select k.key, (i.image ->> $3)::uuid, false from (select distinct j.key from (${all}) as j) as k
           join (${imagesOf(merges)}) as i on i.id::text = k.key ->> 'id' and i.id::text <> all ($1::text[])`
        : ""
    }`;
  // Where the key holds the reference, a row that is found is as it was left. Of rows that are the same, each is one.
  const statement = moved.holdsItself
    ? `
      select coalesce(sum(least(s.n, p.n)) filter (where not s.is_stuck), 0) as restored,
             coalesce(sum(s.n) filter (where s.is_stuck), 0) as kept, 0 as unchanged
      from (select j.key, j.old = any ($1::text[]) as is_stuck, count(*) as n from (${mine}) as j group by 1, 2) as s
      join (select ${asKey("r")} as key, count(*) as n from ${relation} as r group by 1) as p on p.key = s.key`
    : `${walkSql(steps, present)} select ${walkedCounts} from walked as w where w.phase = 1`;
  const [row] = await sql.unsafe<Record<keyof UndoneCounts, string>[]>(statement, [
    [...away],
    moved.relationText,
    moved.columnText,
  ]);
  // Of a reference that is what it was an original is stored as well.
  const kept = Number(row?.kept ?? 0) + Number(row?.unchanged ?? 0);
  return { restored: Number(row?.restored ?? 0), kept, unchanged: 0 };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
