import type { Finding, Look } from "../src/checks/define.ts";
import { type Asker, askAs, findTenants } from "./tenant.ts";

const mostRows = 50;
const commands = [
  { command: "a", privilege: "INSERT", says: "may insert rows for others" },
  { command: "w", privilege: "UPDATE", says: "may change rows of others, or give rows to them" },
  { command: "d", privilege: "DELETE", says: "may delete rows of others" },
] as const;

interface PolicyRow {
  readonly command: string;
  readonly permissive: boolean;
  readonly using: string | null;
  readonly check: string | null;
}

/**
 * As tenants, and as anon: would a policy let them write rows of another organisation? The conditions of the policies are asked
 * in a SELECT over copies of such rows. Nothing is written, and no UPDATE is tried.
 */
export async function writesOfTenants(look: Look): Promise<Finding> {
  const found = await findTenants(look);
  if ("none" in found) return found.none;
  const { tenants } = found;
  const askers: (Asker & { readonly orgId: string | null })[] = [
    ...tenants,
    { orgId: null, role: "anon", identity: {} },
  ];
  const rows: { org_id: string | null; role: string; relation: string; problem: string }[] = [];
  let population = 0;
  for (const relation of ["calls", "contacts"] as const) {
    for (const asker of askers) {
      const rights = await rightsOf(look, asker.role, relation);
      for (const { command, privilege, says } of commands) {
        if (!rights.includes(privilege)) continue;
        population += 1;
        const conditions = conditionsOf(await policiesOf(look, asker.role, relation), command);
        if (await holdsForOthers(look, asker, relation, conditions)) {
          rows.push({ org_id: asker.orgId, role: asker.role, relation: `public.${relation}`, problem: says });
        }
      }
    }
  }
  const actual = population === 0 ? "no tenant has a right to write" : undefined;
  return {
    population: population === 0 ? tenants.length : population,
    broken: rows.length,
    rows,
    ...(actual && { actual }),
  };
}

// Rights that row level security stands before; without it, and for a role that bypasses it, other checks say so.
async function rightsOf({ sql }: Look, role: string, relation: string): Promise<readonly string[]> {
  const rows = await sql<{ privilege: string }[]>`
    select p.privilege
    from pg_catalog.pg_roles as r
    join pg_catalog.pg_class as c on c.oid = to_regclass('public.' || ${relation}::text)
    cross join (values ('INSERT'), ('UPDATE'), ('DELETE')) as p(privilege)
    where r.rolname = ${role} and pg_has_role(r.oid, 'MEMBER') and c.relrowsecurity and not r.rolbypassrls
      and case p.privilege when 'DELETE' then has_table_privilege(r.oid, c.oid, 'DELETE')
                           else has_any_column_privilege(r.oid, c.oid, p.privilege) end`;
  return rows.map(({ privilege }) => privilege);
}

async function policiesOf({ sql }: Look, role: string, relation: string): Promise<readonly PolicyRow[]> {
  return sql<PolicyRow[]>`
    select w.polcmd::text as command, w.polpermissive as permissive, pg_get_expr(w.polqual, w.polrelid) as using,
           pg_get_expr(w.polwithcheck, w.polrelid) as check
    from pg_catalog.pg_policy as w
    join pg_catalog.pg_roles as r on r.rolname = ${role}
    where w.polrelid = to_regclass('public.' || ${relation}::text)
      and exists (select from unnest(w.polroles) as m(oid) where m.oid = 0 or pg_has_role(r.oid, m.oid, 'USAGE'))
    order by w.polname`;
}

/** What one row has to meet to be touched, and to be left behind: each is one condition. */
function conditionsOf(policies: readonly PolicyRow[], command: "a" | "w" | "d"): readonly string[] {
  const mine = policies.filter((policy) => policy.command === command || policy.command === "*");
  const touched = combine(mine, ({ using }) => using);
  const left = combine(mine, ({ using, check }) => check ?? using);
  return [...(command === "a" ? [] : [touched]), ...(command === "d" ? [] : [left])];
}

function combine(policies: readonly PolicyRow[], read: (policy: PolicyRow) => string | null): string {
  const said = (permissive: boolean) =>
    policies.filter((policy) => policy.permissive === permissive).map((policy) => `(${read(policy) ?? "true"})`);
  const anyOf = said(true).join(" or ") || "false";
  return [`(${anyOf})`, ...said(false)].join(" and ");
}

async function holdsForOthers(
  look: Look,
  asker: Asker & { readonly orgId: string | null },
  relation: "calls" | "contacts",
  conditions: readonly string[],
): Promise<boolean> {
  const { sql } = look;
  const [others] = await sql<{ rows: string | null }[]>`
    select jsonb_agg(to_jsonb(x))::text as rows
    from (select t.* from ${sql(`public.${relation}`)} as t where t.org_id is distinct from ${asker.orgId}::uuid limit ${mostRows}) as x`;
  if (others?.rows == null) return false;
  for (const condition of conditions) {
    const held = await askAs(look, asker, async () => {
      const [row] = await sql.unsafe<{ held: boolean }[]>(
        `select exists (select from jsonb_populate_recordset(null::public.${relation}, $1::text::jsonb) as ${relation} where ${condition}) as held`,
        [others.rows],
      );
      return row?.held;
    });
    if (held === true) return true;
  }
  return false;
}
