import type { Sql } from "postgres";

/** Which plan each run was begun by, as its hash; none where no engine is installed, or one that keeps no plans. */
export async function listRunPlans(sql: Sql): Promise<Readonly<Record<string, string>>> {
  const [kept] = await sql`
    select from pg_catalog.pg_attribute as a where a.attrelid = to_regclass('ssot.run') and a.attname = 'plan' and not a.attisdropped`;
  if (kept === undefined) return {};
  const rows = await sql<{ name: string; plan: string }[]>`
    select r.name, r.plan from ssot.run as r where r.plan is not null order by r.name`;
  return Object.fromEntries(rows.map(({ name, plan }) => [name, plan]));
}

/** Writes into the runs of these migrations which plan takes them back: each of them tells that the plan has begun. */
export async function noteRunPlan(sql: Sql, migrations: readonly string[], hash: string): Promise<void> {
  await sql`update ssot.run as r set plan = ${hash} where r.name = any (${[...migrations]}::text[])`;
}

/** What the engine noted of the objects that migrations change, before it changed them. Needs the tool's tables. */
export interface NotedObjects {
  readonly names: readonly string[];
  /** The statements that bring back what was dropped. */
  readonly undo: readonly string[];
  /** What names of the witness's triggers and functions begin with. */
  readonly prefixes: readonly string[];
}

export async function listNotedObjects(sql: Sql, migrations: readonly string[]): Promise<NotedObjects> {
  const objects = await sql<{ name: string; undo: string | null }[]>`
    select o.name, o.undo from ssot.object as o where o.migration = any (${[...migrations]}::text[]) order by o.seq`;
  const witnesses = await sql<{ name: string }[]>`
    select distinct n.name
    from ssot.deprecated_column as d cross join lateral (values (d.trigger_name), (d.trigger_base), (d.function_name)) as n(name)
    where d.migration = any (${[...migrations]}::text[]) and n.name is not null
    order by 1`;
  return {
    names: objects.map(({ name }) => name),
    undo: objects.flatMap(({ undo }) => undo ?? []),
    prefixes: witnesses.map(({ name }) => name),
  };
}

/** One md5 over all routines of schema ssot, whoever made them; that of no routine where there is no such schema. */
export async function digestRoutines(sql: Sql): Promise<string> {
  const [row] = await sql<{ digest: string }[]>`
    select md5(coalesce(string_agg(format('%s(%s)%s', p.proname, pg_get_function_identity_arguments(p.oid), p.prosrc), chr(31)
                                   order by p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"), '')) as digest
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace and n.nspname = 'ssot'`;
  return row?.digest ?? "";
}

/** Tables and views with one of these names, in whatever schema of people the role may use, as SQL writes them. Names in lower case. */
export async function listRelationsNamed(sql: Sql, names: readonly string[]): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where has_schema_privilege(n.oid, 'USAGE') and lower(c.relname) = any (${[...names]}::text[]) and c.relkind in ('r', 'p', 'f', 'v', 'm')
      and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'ssot', 'ssot_search')
    order by 1`;
  return rows.map(({ name }) => name);
}
