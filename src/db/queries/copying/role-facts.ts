import type { Sql } from "postgres";

/** A role that this database names, or whose rights one of these has. */
export interface RoleFacts {
  readonly name: string;
  /** PostgreSQL has it by itself. */
  readonly predefined: boolean;
  readonly superuser: boolean;
  /** Its other attributes, as CREATE ROLE writes them. */
  readonly attributes: string;
  /** Roles that were granted to it, with the words of the grant. */
  readonly granted: readonly { readonly role: string; readonly how: string }[];
}

/** Who owns, is granted or is named by anything here, or has settings here, or asks; and all whose rights these have. */
export async function listRoleFacts(sql: Sql): Promise<readonly RoleFacts[]> {
  return sql<RoleFacts[]>`
    with recursive named(oid) as (
      (select s.refobjid from pg_catalog.pg_shdepend as s
       join pg_catalog.pg_database as d on d.datname = current_database()
       where s.refclassid = 'pg_catalog.pg_authid'::regclass
         and (s.dbid = d.oid or s.dbid = 0 and s.classid = 'pg_catalog.pg_database'::regclass and s.objid = d.oid)
       union select d.datdba from pg_catalog.pg_database as d where d.datname = current_database()
       union select s.setrole from pg_catalog.pg_db_role_setting as s
       join pg_catalog.pg_database as d on d.oid = s.setdatabase and d.datname = current_database()
       union select r.oid from pg_catalog.pg_roles as r where r.oid = 10 or r.rolname in (current_user, session_user))
      union
      select m.roleid from named as n join pg_catalog.pg_auth_members as m on m.member = n.oid
    )
    select r.rolname::text as name, r.rolname ~ '^pg_' as predefined, r.rolsuper as superuser,
           concat_ws(' ', case when r.rolinherit then 'inherit' else 'noinherit' end, case when r.rolcreaterole then 'createrole' end,
                     case when r.rolcreatedb then 'createdb' end, case when r.rolbypassrls then 'bypassrls' end) as attributes,
           (select coalesce(jsonb_agg(jsonb_build_object('role', g.rolname::text, 'how', w.words) order by g.rolname), '[]')
            from pg_catalog.pg_auth_members as m join pg_catalog.pg_roles as g on g.oid = m.roleid
            -- PostgreSQL 15 has no more than the admin option.
            cross join lateral (
              select string_agg(distinct o.word, ', ') as words
              from (values ('admin ' || m.admin_option::text), ('inherit ' || (to_jsonb(m) ->> 'inherit_option')),
                           ('set ' || (to_jsonb(m) ->> 'set_option'))) as o(word)
              where o.word is not null
            ) as w
            where m.member = r.oid) as granted
    from pg_catalog.pg_roles as r where r.oid in (table named) order by 1`;
}

/** A setting that sessions of this database start with. Its value may be a secret: it is carried over and never shown. */
export interface SettingFacts {
  /** Null: of every role. */
  readonly role: string | null;
  /** Of this database, or of the role anywhere. */
  readonly here: boolean;
  readonly name: string;
  readonly value: string;
}

export async function listSettings(sql: Sql, roles: readonly string[]): Promise<readonly SettingFacts[]> {
  return sql<SettingFacts[]>`
    select r.rolname::text as role, s.setdatabase <> 0 as here, split_part(c.line, '=', 1) as name,
           substr(c.line, strpos(c.line, '=') + 1) as value
    from pg_catalog.pg_db_role_setting as s
    left join pg_catalog.pg_roles as r on r.oid = s.setrole
    cross join unnest(s.setconfig) as c(line)
    where s.setdatabase in (0, (select d.oid from pg_catalog.pg_database as d where d.datname = current_database()))
      and (s.setrole = 0 or r.rolname = any (${[...roles]}::text[]))
    order by 1 nulls first, 2, 3`;
}
