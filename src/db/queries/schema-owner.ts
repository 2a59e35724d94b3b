import type { Sql } from "postgres";
import { SsotError } from "../../model/errors.ts";
import { trustedRoles } from "./trusted-code.ts";

/**
 * A part of schema `ssot` that belongs to nobody trusted, the schema itself first: to look at it could run its owner's code. Undefined: none. Throws
 * CONFIGURATION where there is no role of a trusted name.
 */
export async function findStrangePart(
  sql: Sql,
  trusted: readonly string[],
): Promise<{ readonly part: string; readonly owner: string } | undefined> {
  await refuseUnknownRoles(sql, trusted);
  const [part] = await sql.unsafe<{ part: string; owner: string }[]>(
    `with recursive ${trustedRoles("r.rolname = any ($1::text[])")}
     select s.part, pg_get_userbyid(s.owner) as owner
     from pg_catalog.pg_namespace as n
     cross join lateral (
       select 1 as place, 'schema ssot' as part, n.nspowner as owner
       union all select 2, 'relation ' || c.oid::regclass, c.relowner from pg_catalog.pg_class as c where c.relnamespace = n.oid
       union all select 3, 'routine ' || p.oid::regprocedure, p.proowner from pg_catalog.pg_proc as p where p.pronamespace = n.oid
     ) as s
     where n.nspname = 'ssot' and s.owner not in (table trusted)
     order by s.place, 2 limit 1`,
    [[...trusted]],
  );
  return part;
}

/**
 * That nobody may work in schema `ssot` but its owner and who has the owner's rights, one sentence; nothing where the role may. A superuser has
 * everybody's rights, and would run what the owner put there: he is refused as well.
 */
export async function listForeignOwner(
  sql: Sql,
  { serverVersion, trusted }: { readonly serverVersion: number; readonly trusted: readonly string[] },
): Promise<readonly string[]> {
  await refuseUnknownRoles(sql, trusted);
  const canSet = serverVersion >= 160000 ? sql`pg_has_role(r.oid, n.nspowner, 'SET')` : sql`true`;
  const rows = await sql<{ line: string }[]>`
    select format(case when r.rolsuper then 'schema ssot belongs to role %s, and role %s is a superuser: connect as its owner'
                       else 'schema ssot belongs to role %s, which role %s is no member of' end,
                  pg_get_userbyid(n.nspowner), r.rolname) as line
    from pg_catalog.pg_namespace as n
    join pg_catalog.pg_roles as r on r.rolname = current_user
    where n.nspname = 'ssot' and n.nspowner <> r.oid and pg_get_userbyid(n.nspowner) <> all (${[...trusted]}::text[])
      and (r.rolsuper or not (pg_has_role(r.oid, n.nspowner, 'USAGE') and ${canSet}))`;
  return rows.map((row) => row.line);
}

async function refuseUnknownRoles(sql: Sql, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const unknown = await sql<{ name: string }[]>`
    select n.name from unnest(${[...names]}::text[]) as n(name)
    where not exists (select from pg_catalog.pg_roles as r where r.rolname = n.name) order by 1`;
  if (unknown.length === 0) return;
  throw new SsotError("CONFIGURATION", `there is no role ${unknown.map(({ name }) => name).join(", ")}`, {
    hint: "Nothing was changed.",
  });
}
