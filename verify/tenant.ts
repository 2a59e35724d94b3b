import type { Sql } from "postgres";
import type { Finding, Look } from "../src/checks/define.ts";
import { skipped } from "../src/checks/findings.ts";
import { sqlStateOf } from "../src/db/connection-error.ts";

/** Who asks: a role, with what its sessions are set to. */
export interface Asker {
  readonly role: string;
  readonly identity: Readonly<Record<string, string>>;
}

/** A tenant: its organisation, and how it asks. */
export interface Tenant extends Asker {
  readonly orgId: string;
}

const mostTenants = 4;

/** Tenants that have calls, the first and the latest; or why none can be asked. */
export async function findTenants(
  look: Look,
): Promise<{ readonly tenants: readonly Tenant[] } | { readonly none: Finding }> {
  const { sql, scope, settings } = look;
  const { tenantRole: role, tenantSettings } = settings;
  const [found] = await exposedRoles(sql, [role]);
  if (found === undefined) return { none: skipped(`there is no role ${role} here`) };
  if (!found.member) return { none: notAMember([found]) };
  const rows = await sql<{ id: string }[]>`
    select x.id from (
      (select o.id, 1 as place from public.organizations as o
       where (${scope.org}::uuid is null or o.id = ${scope.org}) and exists (select from public.calls as c where c.org_id = o.id)
       order by o.id limit ${mostTenants - 1})
      union all
      (select c.org_id, 2 from public.calls as c where ${scope.org}::uuid is null order by c.created_at desc limit 1)
    ) as x
    group by x.id order by min(x.place), x.id`;
  const tenants = rows.map(({ id: orgId }) => ({
    orgId,
    role,
    identity: Object.fromEntries(
      Object.entries(tenantSettings).map(([name, value]) => [name, value.replaceAll("{org}", orgId)]),
    ),
  }));
  return { tenants };
}

/** What somebody is answered; undefined where it is refused. Nothing of it stays in the session. */
export async function askAs<T>(look: Look, asker: Asker, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look.attempt(async () => {
      await become(look.sql, asker);
      return work();
    });
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

async function become(sql: Sql, { role, identity }: Asker): Promise<void> {
  const settings = [...Object.entries(identity), ["row_security", "on"], ["role", role]];
  await sql`
    select set_config(s.name, s.value, true)
    from unnest(${settings.map(([name]) => name ?? "")}::text[], ${settings.map(([, value]) => value ?? "")}::text[]) as s(name, value)`;
}

// A missing right, and what a policy raises about an identity that it cannot read, mean that nothing is shown. Anything
// else, such as a policy whose function is gone, is no answer.
function isRefusal(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === "42501" || /^(22|P0)/.test(state ?? "");
}

/** Those of the roles that there are, and whether this role may become them. */
export async function exposedRoles(
  sql: Sql,
  names: readonly string[] = ["anon", "authenticated"],
): Promise<readonly { readonly name: string; readonly member: boolean }[]> {
  return sql<{ name: string; member: boolean }[]>`
    select r.rolname as name, pg_has_role(r.oid, 'MEMBER') as member from pg_catalog.pg_roles as r
    where r.rolname = any (${[...names]}::text[]) order by r.rolname`;
}

/** Why these roles cannot be asked. */
export function notAMember(roles: readonly { readonly name: string; readonly member: boolean }[]): Finding {
  const names = roles.filter(({ member }) => !member).map(({ name }) => name);
  return skipped(`this role may not become ${names.join(", ")}: grant it, to let it be asked`);
}
