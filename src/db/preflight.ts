import { SsotError } from "../model/errors.ts";
import { missionColumns } from "../model/mission.ts";
import type { Connection } from "./connection.ts";
import { applySettings, connect } from "./connection.ts";
import { listClosedDoors } from "./queries/obstacles/closed-doors.ts";
import { listForeignOwner } from "./queries/schema-owner.ts";
import { listUnfitLayouts } from "./queries/table-layouts.ts";
import type { Target } from "./target.ts";

const oldestVersion = 150000;

const required: Readonly<Record<string, readonly string[]>> = {
  organizations: ["id"],
  contacts: ["id", "org_id", "name", "phone", "email", "lead_status", "lead_score", "created_at"],
  calls: ["id", "org_id", "vapi_call_id", "contact_id", "call_direction", "phone_number", "created_at"],
};

// Dropped by the last migration: required until then.
const deprecated: readonly string[] = Object.values(missionColumns);

/** What a run needs of a database. */
interface Needs {
  /** Its story has migrations of the mission, whose tables are needed. */
  readonly mission: boolean;
  /** The mission's columns are dropped: not needed any more. */
  readonly dropped: boolean;
}

/** What whoever has no calls is told. */
export const withoutPack = 'A project without calls says "packs": [] in ssot.config.json; ssot deprecate writes it.';

/**
 * Refuses a server or database that a run cannot work on, with everything that is missing in one message: TOO_OLD,
 * POOLER (a transaction-mode pooler hands every statement to another session), PREFLIGHT. Changes nothing.
 */
export async function refuseUnfit(
  connection: Connection,
  target: Target,
  options: Needs & {
    readonly onlyReads?: boolean;
    readonly trustRoles?: readonly string[] | undefined;
  },
): Promise<void> {
  refuseOldServer(connection);
  if (!options.onlyReads) {
    await refusePooler(connection, target);
    await refuseStandby(connection);
  }
  const missing = options.mission ? await missingColumns(connection, options) : [];
  const problems = [
    ...(options.onlyReads ? [] : await closedDoors(connection)),
    ...missing,
    ...(options.mission ? await listUnfitLayouts(connection.sql) : []),
    ...(await missingPrivileges(connection, options)),
  ];
  if (problems.length > 0) {
    throw new SsotError(
      "PREFLIGHT",
      `this database cannot be migrated:\n${problems.map((line) => `  - ${line}`).join("\n")}`,
      {
        hint: `Nothing was changed.${missing.length === 0 ? "" : ` Is it the right database? ${withoutPack}`}`,
      },
    );
  }
}

/** Whether a server of this version, as PostgreSQL counts it, is new enough. */
export function supportsVersion(serverVersion: number): boolean {
  return serverVersion >= oldestVersion;
}

/** Throws TOO_OLD for a server before PostgreSQL 15. */
export function refuseOldServer({ serverVersion }: Pick<Connection, "serverVersion">): void {
  if (supportsVersion(serverVersion)) return;
  throw new SsotError("TOO_OLD", `PostgreSQL ${Math.floor(serverVersion / 10000)} is too old: expected 15 or newer`, {
    hint: "The view needs security_invoker, without which it would show every tenant's calls to all of them.",
  });
}

/**
 * Throws POOLER where a pooler hands every statement to another session. One that keeps a session for its client is as
 * good as none, and the session gets its settings here.
 */
export async function refusePooler(connection: Connection, target: Target): Promise<void> {
  if (await isLent(connection, target)) {
    throw new SsotError("POOLER", "this connection goes through a pooler in transaction mode", {
      hint: "Use the direct URL (Supabase: port 5432 instead of 6543): a migration needs one session with its lock. Nothing was changed.",
    });
  }
  if (connection.pooled) await applySettings(connection);
}

/**
 * Whether the server process behind a session changes owners between two statements: it is another one at a later look,
 * or is had by a second session. Not to be asked inside a transaction.
 */
export async function isLent({ sql, pid }: Connection, target: Target): Promise<boolean> {
  const other = await connect(target);
  try {
    if (other.pid === pid) return true;
    for (let look = 0; look < 4; look += 1) {
      const [row] = await sql<{ pid: number }[]>`select pg_catalog.pg_backend_pid() as pid`;
      if (row?.pid !== pid) return true;
    }
    return false;
  } finally {
    await other.close();
  }
}

async function refuseStandby({ sql }: Connection): Promise<void> {
  const [row] = await sql<{ standby: boolean }[]>`select pg_is_in_recovery() as standby`;
  if (!row?.standby) return;
  throw new SsotError("PREFLIGHT", "this server is a standby and can only be read", {
    hint: "Use the URL of the primary server. Nothing was changed.",
  });
}

/**
 * Refuses what no command may write to that asks for no more than schema ssot: TOO_OLD, POOLER, and PREFLIGHT for a standby,
 * a database that is closed to writers, and a schema ssot of somebody else.
 */
export async function refuseUnfitToWrite(
  connection: Connection,
  target: Target,
  trustRoles: readonly string[] = [],
): Promise<void> {
  refuseOldServer(connection);
  await refusePooler(connection, target);
  await refuseStandby(connection);
  await refuseClosedDoors(connection);
  await refuseForeignSchema(connection, trustRoles);
}

/** Throws PREFLIGHT where somebody forbade this session to write. */
export async function refuseClosedDoors(connection: Connection): Promise<void> {
  const doors = await closedDoors(connection);
  if (doors.length > 0) throw new SsotError("PREFLIGHT", doors.join("; "), { hint: "Nothing was changed." });
}

async function closedDoors({ sql }: Connection): Promise<readonly string[]> {
  return (await listClosedDoors(sql)).map(({ what, remedy }) => `${what}: ${remedy}`);
}

/** Whether the drop has begun, by what it leaves in the catalog, which every role may read. */
export async function isDropped({ sql }: Connection): Promise<boolean> {
  const [row] = await sql<{ dropped: boolean }[]>`
    select exists (select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
                   where n.nspname = 'ssot' and c.relname = 'dropped_call_columns') as dropped`;
  return row?.dropped ?? false;
}

/** Which tables and columns are missing, one sentence each; the deprecated columns are needed until they are dropped. */
export async function missingColumns({ sql }: Connection, options: Pick<Needs, "dropped">): Promise<readonly string[]> {
  const columns = options.dropped ? required : { ...required, calls: [...(required.calls ?? []), ...deprecated] };
  const wanted = Object.entries(columns).flatMap(([table, names]) => names.map((column) => ({ table, column })));
  const rows = await sql<{ line: string }[]>`
    with wanted as (
      select * from unnest(${wanted.map((w) => w.table)}::text[], ${wanted.map((w) => w.column)}::text[]) as w(tab, col)
    ), found as (
      select w.tab, w.col, to_regclass('public.' || quote_ident(w.tab)) as rel from wanted as w
    )
    select distinct 'table public.' || f.tab || ' is missing' as line from found as f where f.rel is null
    union all
    select 'column public.' || f.tab || '.' || f.col || ' is missing'
    from found as f
    where f.rel is not null and not exists (
      select from pg_catalog.pg_attribute as a where a.attrelid = f.rel and a.attname = f.col and not a.attisdropped)
    order by line`;
  return rows.map((row) => row.line);
}

/** What the role may not do and a run needs, one sentence each. */
export async function missingPrivileges(
  connection: Connection,
  { mission, trustRoles = [] }: Pick<Needs, "mission"> & { readonly trustRoles?: readonly string[] | undefined },
): Promise<readonly string[]> {
  const { sql } = connection;
  const [schema] = await sql<{ line: string }[]>`
    select format('role %s may not create a schema in database %s', current_user, current_database()) as line
    where not has_database_privilege(current_database(), 'CREATE') and to_regnamespace('ssot') is null`;
  const lines = [...(mission ? await missingOnTables(sql) : []), ...(schema === undefined ? [] : [schema.line])];
  return [...lines.toSorted(), ...(await foreignOwner(connection, trustRoles))];
}

async function missingOnTables(sql: Connection["sql"]): Promise<readonly string[]> {
  const rows = await sql<{ line: string }[]>`
    select format('role %s does not own public.%s', current_user, c.relname) as line
    from pg_catalog.pg_class as c
    where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))
      and not pg_has_role(current_user, c.relowner, 'USAGE')
    union all
    select format('role %s may not read public.organizations', current_user)
    where not has_table_privilege(to_regclass('public.organizations'), 'SELECT')
    union all
    select format('role %s may not create in schema public', current_user)
    where not has_schema_privilege('public', 'CREATE')
    union all
    select format('role %s may not read and update %s, which references contacts', current_user, k.conrelid::regclass)
    from pg_catalog.pg_constraint as k
    where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0
      and not (has_table_privilege(k.conrelid, 'SELECT') and has_table_privilege(k.conrelid, 'UPDATE'))
    union all
    select distinct format('role %s may not use schema %I, in which lies %s', current_user, n.nspname,
                           min(u.name) over (partition by n.oid))
    from (
      select r.relnamespace as schema, r.oid::regclass::text as name from pg_catalog.pg_constraint as k
      join pg_catalog.pg_class as r on r.oid = k.conrelid
      where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0
      union all
      -- What columns, keys, indexes and defaults are made of: a rollback makes some of them again.
      select to_regnamespace(quote_ident(i.schema)), i.identity
      from pg_catalog.pg_depend as d
      cross join lateral pg_identify_object(d.refclassid, d.refobjid, 0) as i
      where d.deptype in ('n', 'a')
        and (d.classid = 'pg_catalog.pg_class'::regclass and d.objid in (
               select c.oid from pg_catalog.pg_class as c where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))
               union all
               select x.indexrelid from pg_catalog.pg_index as x where x.indrelid in (to_regclass('public.calls'), to_regclass('public.contacts')))
             or d.classid = 'pg_catalog.pg_constraint'::regclass and d.objid in (
               select k.oid from pg_catalog.pg_constraint as k where k.conrelid in (to_regclass('public.calls'), to_regclass('public.contacts')))
             or d.classid = 'pg_catalog.pg_attrdef'::regclass and d.objid in (
               select f.oid from pg_catalog.pg_attrdef as f where f.adrelid in (to_regclass('public.calls'), to_regclass('public.contacts'))))
    ) as u join pg_catalog.pg_namespace as n on n.oid = u.schema
    where not has_schema_privilege(n.oid, 'USAGE')
    union all
    select distinct format('row level security hides rows of %s from role %s', t.oid::regclass, current_user)
    from (
      select to_regclass('public.calls')::oid as oid union select to_regclass('public.contacts')
      union select to_regclass('public.organizations')
      union select k.conrelid from pg_catalog.pg_constraint as k
      where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0
    ) as t
    where t.oid is not null and row_security_active(t.oid)
    order by line`;
  return rows.map((row) => row.line);
}

/** Throws PREFLIGHT where schema ssot is somebody's whose code we would run with our rights. */
export async function refuseForeignSchema(connection: Connection, trustRoles: readonly string[] = []): Promise<void> {
  const [line] = await foreignOwner(connection, trustRoles);
  if (line !== undefined) throw new SsotError("PREFLIGHT", line, { hint: "Nothing was changed." });
}

function foreignOwner({ sql, serverVersion }: Connection, trusted: readonly string[]): Promise<readonly string[]> {
  return listForeignOwner(sql, { serverVersion, trusted });
}
