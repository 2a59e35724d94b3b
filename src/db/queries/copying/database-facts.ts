import type { Sql } from "postgres";

/** What a database is as a whole. */
export interface DatabaseFacts {
  readonly name: string;
  readonly owner: string;
  /** Whoever asks, and whether as a superuser. */
  readonly user: string;
  readonly superuser: boolean;
  readonly encoding: string;
  /** c: the system's, i: ICU's, b: PostgreSQL's own. */
  readonly provider: string;
  readonly collate: string;
  readonly ctype: string;
  /** Of ICU or PostgreSQL's own; null of the system's. */
  readonly locale: string | null;
  readonly bytes: number;
  /** Who may what on it. */
  readonly privileges: readonly { readonly grantee: string; readonly privilege: string; readonly grantable: boolean }[];
  readonly extensions: readonly string[];
  /** pg_stat_statements records what is read, and this role may not keep it from that. */
  readonly recorded: boolean;
  /** The same, and it may. */
  readonly mayHide: boolean;
}

export async function readDatabaseFacts(sql: Sql): Promise<DatabaseFacts> {
  const [row] = await sql<(Omit<DatabaseFacts, "bytes"> & { readonly bytes: string })[]>`
    select d.datname::text as name, pg_get_userbyid(d.datdba)::text as owner, current_user::text as user, r.rolsuper as superuser,
           pg_encoding_to_char(d.encoding)::text as encoding, to_jsonb(d) ->> 'datlocprovider' as provider, d.datcollate::text as collate,
           d.datctype::text as ctype, coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') as locale,
           pg_database_size(d.oid) as bytes,
           (select to_jsonb(coalesce(array_agg(e.extname::text order by e.extname), '{}')) from pg_catalog.pg_extension as e) as extensions,
           s.recording and not has_parameter_privilege('pg_stat_statements.track', 'SET') as recorded,
           s.recording and has_parameter_privilege('pg_stat_statements.track', 'SET') as "mayHide",
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'grantee', case x.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end,
                     'privilege', x.privilege_type, 'grantable', x.is_grantable) order by x.grantee, x.privilege_type), '[]')
            from pg_catalog.aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) as x) as privileges
    from pg_catalog.pg_database as d
    join pg_catalog.pg_roles as r on r.rolname = current_user
    cross join lateral (
      select coalesce(current_setting('pg_stat_statements.track', true), 'none') <> 'none'
         and coalesce(current_setting('pg_stat_statements.track_utility', true), 'on') = 'on' as recording
    ) as s
    where d.datname = current_database()`;
  if (row === undefined) throw new Error("the database does not know itself");
  return { ...row, bytes: Number(row.bytes) };
}
