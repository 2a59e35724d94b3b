import type { Sql } from "postgres";
import type { Connection } from "../../db/connection.ts";

/** How a wiki's pages stand to the names of their authors. */
export interface WikiFigures {
  readonly pages: number;
  /** Pages with a copy of a name; null: there is no column for it. */
  readonly stored: number | null;
  /** Copies that are not what the author is called; null as above. */
  readonly stale: number | null;
}

/** A wiki of four users and twelve pages, one user renamed since. */
export async function buildWiki({ execute }: Pick<Connection, "execute">): Promise<void> {
  await execute(`
    create table public.users (id integer primary key, name text not null);
    create table public.pages (
      id integer primary key generated always as identity, title text not null,
      author_id integer not null references public.users, author_name text);
    insert into public.users values (1, 'Ada Byron'), (2, 'Grace Hopper'), (3, 'Alan Turing'), (4, 'Mary Shaw');
    insert into public.pages (title, author_id, author_name)
    select 'Page ' || n, u.id, u.name from generate_series(1, 12) as n join public.users as u on u.id = n % 4 + 1 order by n;
    update public.users set name = 'Ada Lovelace' where id = 1`);
}

/** Counts pages and copies. */
export async function readFigures(sql: Sql): Promise<WikiFigures> {
  const [column] = await sql<{ present: boolean }[]>`
    select exists (select from pg_catalog.pg_attribute as a where a.attrelid = 'public.pages'::regclass and a.attname = 'author_name') as present`;
  const copies = column?.present
    ? sql`count(p.author_name)::integer as stored, count(*) filter (where p.author_name <> u.name)::integer as stale`
    : sql`null::integer as stored, null::integer as stale`;
  const [row] = await sql<WikiFigures[]>`
    select count(*)::integer as pages, ${copies} from public.pages as p join public.users as u on u.id = p.author_id`;
  return row ?? { pages: 0, stored: null, stale: null };
}

/** The author's name of a page: its copy, or what the user is called. */
export async function authorOf(sql: Sql, from: "author_name" | "users.name", page: number): Promise<string | null> {
  const name = from === "author_name" ? sql`p.author_name` : sql`u.name`;
  const [row] = await sql<{ name: string | null }[]>`
    select ${name} as name from public.pages as p join public.users as u on u.id = p.author_id where p.id = ${page}`;
  return row?.name ?? null;
}

/** Writes a page by Grace Hopper without a copy of her name; its id. */
export async function addPage(sql: Sql): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into public.pages (title, author_id) values ('Written after the drop', 2) returning id`;
  return row?.id ?? 0;
}

/** A fingerprint of the copies on the first pages, row by row. */
export async function fingerprintNames(sql: Sql, pages: number): Promise<string> {
  const [row] = await sql<{ fingerprint: string }[]>`
    select md5(string_agg(format('%s|%s', p.id, p.author_name), ',' order by p.id)) as fingerprint from public.pages as p where p.id <= ${pages}`;
  return row?.fingerprint ?? "";
}
