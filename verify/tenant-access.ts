import type { Sql } from "postgres";
import type { Finding, Look } from "../src/checks/define.ts";
import { sqlStateOf } from "../src/db/connection-error.ts";

const relations = ["public.calls", "public.contacts", "public.calls_with_caller_names"] as const;

/** As anon and authenticated, without any identity: is any row visible? A policy's error counts as refused. */
export async function rowsWithoutIdentity(look: Look): Promise<Finding> {
  const { sql } = look;
  const roles = await exposedRoles(sql);
  if (roles.length === 0) return { population: 0, broken: 0, skip: "there is no role anon or authenticated here" };
  if (roles.some(({ member }) => !member)) return notAMember(roles);
  const rows: { role: string; relation: string }[] = [];
  let population = 0;
  for (const { name: role } of roles) {
    for (const relation of relations) {
      const [there] = await sql<{ present: boolean; has: boolean }[]>`
        select to_regclass(${relation}) is not null as present, exists (select from public.calls) as has`;
      if (!there?.present || !there.has) continue;
      population += 1;
      if (await look.attempt(() => seesRow(sql, role, {}, relation)).catch(refused)) rows.push({ role, relation });
    }
  }
  return { population, broken: rows.length, rows };
}

/** As a tenant, for two organisations that have calls: are the other's rows visible through the view? */
export async function rowsOfOtherTenants(look: Look): Promise<Finding> {
  const { sql, scope, settings } = look;
  const { tenantRole: role, tenantSettings } = settings;
  const [found] = await exposedRoles(sql, [role]);
  if (found === undefined) return { population: 0, broken: 0, skip: `there is no role ${role} here` };
  if (!found.member) return notAMember([found]);
  const tenants = await sql<{ id: string }[]>`
    select o.id from public.organizations as o
    where (${scope.org}::uuid is null or o.id = ${scope.org}) and exists (select from public.calls as c where c.org_id = o.id)
    order by o.id limit 2`;
  let own = 0;
  const rows: { org_id: string; relation: string; others: number }[] = [];
  for (const { id } of tenants) {
    const identity = Object.fromEntries(
      Object.entries(tenantSettings).map(([name, value]) => [name, value.replaceAll("{org}", id)]),
    );
    for (const relation of relations) {
      const seen = await look
        .attempt(async () => {
          await become(sql, role, identity);
          const [row] = await sql<{ own: boolean; others: number }[]>`
            select exists (select from ${sql(relation)} as v where v.org_id = ${id}) as own,
                   (select count(*)::integer from (select from ${sql(relation)} as v where v.org_id <> ${id} limit 1000) as x) as others`;
          return row;
        })
        .catch((error: unknown) => {
          refused(error);
          return undefined;
        });
      if (seen?.own && relation === "public.calls_with_caller_names") own += 1;
      if ((seen?.others ?? 0) > 0) rows.push({ org_id: id, relation, others: seen?.others ?? 0 });
    }
  }
  return {
    population: own + rows.length,
    broken: rows.length,
    actual:
      own === 0
        ? "no tenant saw a call of its own: the identity that is set does not fit the policies"
        : `${own} of ${tenants.length} tenants saw their own calls; others' rows were seen ${rows.length} times`,
    rows,
  };
}

async function seesRow(
  sql: Sql,
  role: string,
  identity: Readonly<Record<string, string>>,
  relation: string,
): Promise<boolean> {
  await become(sql, role, identity);
  const [row] = await sql<{ sees: boolean }[]>`select exists (select from ${sql(relation)}) as sees`;
  return row?.sees ?? false;
}

async function become(sql: Sql, role: string, identity: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(identity)) await sql`select set_config(${name}, ${value}, true)`;
  await sql`select set_config('row_security', 'on', true), set_config('role', ${role}, true)`;
}

async function exposedRoles(
  sql: Sql,
  names: readonly string[] = ["anon", "authenticated"],
): Promise<readonly { readonly name: string; readonly member: boolean }[]> {
  const [first = "", second = first] = names;
  return sql<{ name: string; member: boolean }[]>`
    select r.rolname as name, pg_has_role(r.oid, 'MEMBER') as member from pg_catalog.pg_roles as r
    where r.rolname in (${first}, ${second}) order by r.rolname`;
}

function notAMember(roles: readonly { readonly name: string; readonly member: boolean }[]): Finding {
  const names = roles.filter(({ member }) => !member).map(({ name }) => name);
  return {
    population: 0,
    broken: 0,
    skip: `this role may not become ${names.join(", ")}: grant it, to let it be asked`,
  };
}

// A missing right, and what a policy raises about an identity that it cannot read, mean that nothing is shown. Anything
// else, such as a policy whose function is gone, is no answer.
function refused(error: unknown): false {
  const state = sqlStateOf(error);
  if (state === "42501" || /^(22|P0)/.test(state ?? "")) return false;
  throw error;
}

/**
 * As the catalog has it: may anon, authenticated or the tenants' role write the ids by which the webhook finds an organisation? A tenant that
 * could, could enter another's.
 */
export async function writableIds({ sql, settings }: Look): Promise<Finding> {
  const rows = await sql<{ column: string; role: string; privilege: string; allowed: boolean }[]>`
    select a.attname as column, r.rolname as role, p.privilege,
           has_column_privilege(r.oid, a.attrelid, a.attnum, p.privilege) and (not c.relrowsecurity or r.rolbypassrls or exists (
             select from pg_catalog.pg_policy as w
             where w.polrelid = a.attrelid and w.polpermissive and w.polcmd in ('*', p.command)
               and exists (select from unnest(w.polroles) as m(oid) where m.oid = 0 or pg_has_role(r.oid, m.oid, 'MEMBER')))) as allowed
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_roles as r on r.rolname in ('anon', 'authenticated', ${settings.tenantRole})
    cross join (values ('INSERT', 'a'::"char"), ('UPDATE', 'w'::"char")) as p(privilege, command)
    where a.attrelid = to_regclass('public.organizations') and not a.attisdropped
      and a.attname in ('vapi_phone_number_id', 'vapi_assistant_id')
    order by 1, 2, 3`;
  if (rows.length === 0) {
    return { population: 0, broken: 0, skip: "organizations has no such column, or there is no tenants' role here" };
  }
  const broken = rows
    .filter(({ allowed }) => allowed)
    .map(({ column, role, privilege }) => ({ column, role, privilege }));
  return { population: rows.length, broken: broken.length, rows: broken };
}
