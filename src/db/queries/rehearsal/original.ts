import type { Sql } from "postgres";
import type { SchemaFact } from "../schema-facts/fact.ts";
import type { TableFacts } from "../table-contents/table-facts.ts";

/** Before what a database was looked at. */
export type Stage = "migrate" | "drop";

/** A database as it was before something that is taken back later. */
export interface Original {
  readonly stage: Stage;
  /** The migrations that were applied, in order. */
  readonly applied: readonly string[];
  readonly facts: readonly SchemaFact[];
  readonly tables: readonly TableFacts[];
}

/** Makes what a rehearsal remembers in, on the copy itself: a rehearsal that is killed can so be gone on with. */
export async function makeRehearsalSchema(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema if not exists ssot_rehearsal;
    comment on schema ssot_rehearsal is 'what this copy was before ssot rehearse; goes when that ends';
    create table if not exists ssot_rehearsal.original (
      stage text primary key, applied text[] not null, facts jsonb not null, tables jsonb not null);
    create unlogged table if not exists ssot_rehearsal.original_row (
      stage text not null, relation text not null, key bigint not null, hash bigint not null)`);
}

export async function dropRehearsalSchema(sql: Sql): Promise<void> {
  await sql.unsafe(`
    drop table if exists ssot_rehearsal.original_row, ssot_rehearsal.original, ssot_rehearsal.load_number;
    drop schema if exists ssot_rehearsal`);
}

/** Whose the schema is that a rehearsal left: null where there is none. */
export async function findRehearsalSchema(
  sql: Sql,
): Promise<{ readonly owner: string; readonly ours: boolean } | null> {
  const [row] = await sql<{ owner: string; ours: boolean }[]>`
    select pg_get_userbyid(n.nspowner) as owner, n.nspowner = (select r.oid from pg_catalog.pg_roles as r where r.rolname = current_user) as ours
    from pg_catalog.pg_namespace as n where n.nspname = 'ssot_rehearsal'`;
  return row ?? null;
}

export async function keepOriginal(sql: Sql, { stage, applied, facts, tables }: Original): Promise<void> {
  await sql`
    insert into ssot_rehearsal.original (stage, applied, facts, tables)
    values (${stage}, array(select jsonb_array_elements_text(${JSON.stringify(applied)}::text::jsonb)),
            ${JSON.stringify(facts)}::text::jsonb, ${JSON.stringify(tables)}::text::jsonb)`;
}

/** What was kept of a stage. */
export async function readOriginal(sql: Sql, stage: Stage): Promise<Original> {
  const [row] = await sql<Original[]>`
    select o.stage, to_jsonb(o.applied) as applied, o.facts, o.tables from ssot_rehearsal.original as o where o.stage = ${stage}`;
  if (row === undefined) throw new Error(`nothing was kept before ${stage}`);
  return row;
}

/** What was kept, the last first, and which migrations were applied then; none where a rehearsal was cut off before it kept anything. */
export async function listOriginals(sql: Sql): Promise<readonly Pick<Original, "stage" | "applied">[]> {
  const [made] = await sql<{ made: boolean }[]>`select to_regclass('ssot_rehearsal.original') is not null as made`;
  if (!made?.made) return [];
  return sql<Pick<Original, "stage" | "applied">[]>`
    select o.stage, to_jsonb(o.applied) as applied from ssot_rehearsal.original as o order by o.stage = 'migrate'`;
}

/** Forgets what was kept of a stage, rows included. */
export async function forgetOriginal(sql: Sql, stage: Stage): Promise<void> {
  await sql`delete from ssot_rehearsal.original as o where o.stage = ${stage}`;
  await sql`delete from ssot_rehearsal.original_row as r where r.stage = ${stage}`;
}
