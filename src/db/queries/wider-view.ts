import type { Sql } from "postgres";
import { missionColumns } from "../../model/mission.ts";
import { readRoutineBody } from "./engine-routine.ts";

/** The view of live names before migration 3 has made it. */
export interface FormerView {
  /** Why it does not do what ours does; null: it stays as it is. */
  readonly problem: string | null;
  /** Its columns that ours has not. */
  readonly further: readonly string[];
}

/** Somebody's view of our name, judged by what it shows; undefined where there is none, or migration 3 has run. */
export async function readFormerView(sql: Sql): Promise<FormerView | undefined> {
  if (await hasMadeView(sql)) return undefined;
  const [view] =
    await sql`select from pg_catalog.pg_class where oid = to_regclass('public.calls_with_caller_names') and relkind = 'v'`;
  return view === undefined ? undefined : judgeView(sql);
}

/** What a run does to the view of live names. */
export interface PlannedView {
  /** Of somebody's view of our name; null where there is none. */
  readonly former: "kept" | "replaced" | null;
  /** What of somebody's view ours has not. */
  readonly further: readonly string[];
  /** Views that stand on it: made again when it is, or when the drop takes columns off it. */
  readonly madeAgain: readonly string[];
}

/** What the dry run tells of the view of live names. */
export async function describeView(sql: Sql): Promise<PlannedView> {
  const former = await readFormerView(sql);
  const kept = former === undefined || former.problem === null;
  const standing = kept ? await listStandingOnOurs(sql) : await listStanding(sql);
  return {
    former: former === undefined ? null : kept ? "kept" : "replaced",
    further: former?.further ?? [],
    madeAgain: standing.filter(({ problem }) => problem === null).map(({ name }) => name),
  };
}

/** A view that stands on the view of live names. */
export interface Standing {
  /** As a sentence names it: view public.weekly. */
  readonly name: string;
  /** Why it cannot be made again after the view was; null: it is. */
  readonly problem: string | null;
}

/** What stands on somebody's view of our name. "columns": what ours has in common with it. */
export async function listStanding(sql: Sql): Promise<readonly Standing[]> {
  const [view] = await sql<{ id: number | null; columns: string[] }[]>`
    select to_regclass('public.calls_with_caller_names')::oid as id, to_json(array(
      select format('%s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation)
      from pg_catalog.pg_attribute as a where a.attrelid = to_regclass('public.calls') and a.attnum > 0 and not a.attisdropped
      union all
      select format('contact_%s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation)
      from pg_catalog.pg_attribute as a
      where a.attrelid = to_regclass('public.contacts') and a.attname in ('email', 'lead_status', 'lead_score')
      union all
      values ('resolved_caller_name text "default"'), ('name_source text "default"'))) as columns`;
  return view === undefined || view.id === null ? [] : listStandingOn(sql, view.id, view.columns);
}

/** What stands on a view that migration 3 made where none was before: it would have nothing to stand on after a rollback. */
export async function listOrphans(sql: Sql): Promise<readonly string[]> {
  const [known] = await sql<{ known: boolean }[]>`select to_regclass('ssot.object') is not null as known`;
  if (!known?.known) return [];
  const [view] = await sql<{ id: number }[]>`
    select c.oid as id
    from pg_catalog.pg_class as c
    join ssot.object as o on o.stage = 'former' and o.kind = 'view' and o.outcome = 'created' and o.made = pg_get_viewdef(c.oid)
    where c.oid = to_regclass('public.calls_with_caller_names') and c.relkind = 'v'`;
  return view === undefined ? [] : (await listStandingOn(sql, view.id, [])).map(({ name }) => name);
}

// What the drop leaves of the view.
async function listStandingOnOurs(sql: Sql): Promise<readonly Standing[]> {
  const [view] = await sql<{ id: number | null; columns: string[] }[]>`
    select to_regclass('public.calls_with_caller_names')::oid as id, to_json(array(
      select format('%s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation)
      from pg_catalog.pg_attribute as a
      where a.attrelid = to_regclass('public.calls_with_caller_names') and a.attnum > 0 and a.attname <> all (${Object.values(missionColumns)}::text[]))) as columns`;
  return view === undefined || view.id === null ? [] : listStandingOn(sql, view.id, view.columns);
}

async function listStandingOn(sql: Sql, view: number, columns: readonly string[]): Promise<readonly Standing[]> {
  const standing = await readRoutineBody("objects/stands_on_view.sql");
  return sql.unsafe<Standing[]>(
    `select pg_describe_object(s.class, s.id, 0) as name, s.problem
     from (${standing.trim().replace(/;$/, "")}) as s(class, id, depth, problem) order by s.depth, 1`,
    [view, [...columns]],
  );
}

// The engine's own routine, before there is an engine: its answer comes as a setting.
async function judgeView(sql: Sql): Promise<FormerView> {
  const text = /^ {2}select '([\s\S]*)';$/m.exec(await readRoutineBody("objects/calls_view.sql"))?.[1];
  const body = (await readRoutineBody("objects/judge_view.sql")).replaceAll("ssot.calls_view()", () => `'${text}'`);
  await sql.unsafe(`do $judge$
declare
  problem text;
  further text[];
  remainder text;
  path constant text := current_setting('search_path');
begin
${body};
  perform set_config('search_path', path, true);
  perform set_config('ssot.judged', jsonb_build_object('problem', problem, 'further', further)::text, false);
end
$judge$`);
  const [row] = await sql<{ judged: string }[]>`select current_setting('ssot.judged') as judged`;
  return JSON.parse(row?.judged ?? "{}") as FormerView;
}

/** Whether the view that is there was made by migration 3; also where this role may not look it up. */
async function hasMadeView(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ first: boolean; known: boolean; readable: boolean }[]>`
    select coalesce(bool_or(c.relname = 'made_object'), false) as first, coalesce(bool_or(c.relname = 'object'), false) as known,
           coalesce(bool_or(c.relname = 'object' and has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT')), false) as readable
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = 'ssot' and c.relname in ('made_object', 'object')`;
  if (!row?.readable) return row !== undefined && (row.first || row.known);
  const [view] = await sql<{ made: boolean }[]>`
    select exists (select from ssot.object as o where o.kind = 'view' and o.name = 'calls_with_caller_names') as made`;
  return view?.made ?? false;
}
