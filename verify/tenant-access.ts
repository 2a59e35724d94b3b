import type { Finding, Look } from "../src/checks/define.ts";
import { skipped } from "../src/checks/findings.ts";
import { askAs, exposedRoles, findTenants, notAMember, type Tenant } from "./tenant.ts";

const relations = ["public.calls", "public.contacts", "public.calls_with_caller_names"] as const;
const mostNames = 200;

/** As anon and authenticated, without any identity: is any row visible? A policy's error counts as refused. */
export async function rowsWithoutIdentity(look: Look): Promise<Finding> {
  const { sql } = look;
  const roles = await exposedRoles(sql);
  if (roles.length === 0) return skipped("there is no role anon or authenticated here");
  if (roles.some(({ member }) => !member)) return notAMember(roles);
  const rows: { role: string; relation: string }[] = [];
  let population = 0;
  for (const { name: role } of roles) {
    for (const relation of relations) {
      const [there] = await sql<{ present: boolean; has: boolean }[]>`
        select to_regclass(${relation}) is not null as present, exists (select from public.calls) as has`;
      if (!there?.present || !there.has) continue;
      population += 1;
      const seen = await askAs(look, { role, identity: {} }, async () => {
        const [row] = await sql<{ sees: boolean }[]>`select exists (select from ${sql(relation)}) as sees`;
        return row?.sees;
      });
      if (seen === true) rows.push({ role, relation });
    }
  }
  return { population, broken: rows.length, rows };
}

/** What a tenant sees of one relation. */
interface Seen {
  readonly own: boolean;
  readonly others: number;
}

/**
 * As tenants, of organisations that have calls: does each see its own calls, contacts and names, and no row of another's? That
 * none sees anything is broken where tenants were configured, or a recorded run saw them see; row level security without
 * policies is ordinary.
 */
export async function rowsOfTenants(look: Look): Promise<Finding> {
  const found = await findTenants(look);
  if ("none" in found) return found.none;
  const { tenants } = found;
  const all = await askAll(look, tenants);
  const seeing = (relation: string) => all.filter(({ seen }) => seen.get(relation)?.own === true).length;
  const withContacts = all.filter(({ hasContacts }) => hasContacts);
  const counts = {
    tenantsAsked: all.length,
    tenantsSeeingCalls: seeing("public.calls"),
    tenantsSeeingContacts: seeing("public.contacts"),
  };
  for (const [name, n] of Object.entries(counts)) look.measure(name, n);
  const leaks = all.flatMap(({ orgId, seen }) =>
    [...seen].flatMap(([relation, { others }]) =>
      others > 0 ? [{ org_id: orgId, relation, problem: "shows rows of others" }] : [],
    ),
  );
  const hidden = withContacts.flatMap(({ orgId, seen, namesHidden }) => {
    if (seen.get("public.calls")?.own !== true) return [];
    if (seen.get("public.contacts")?.own !== true)
      return [{ org_id: orgId, relation: "public.contacts", problem: "is hidden, though its calls are seen" }];
    if (seen.get("public.calls_with_caller_names")?.own !== true)
      return [
        { org_id: orgId, relation: "public.calls_with_caller_names", problem: "is hidden, though calls are seen" },
      ];
    return namesHidden
      ? [{ org_id: orgId, relation: "public.calls_with_caller_names", problem: "shows no name of its contacts" }]
      : [];
  });
  const wasSeen = (name: keyof typeof counts): boolean => {
    const { tenantsAsked: asked = 0, [name]: seen = 0 } = look.recorded?.metrics ?? {};
    return (look.settings.tenantConfigured === true || seen > 0) && seen >= asked;
  };
  const lost = (["tenantsSeeingCalls", "tenantsSeeingContacts"] as const).flatMap((name) => {
    const expected = name === "tenantsSeeingContacts" ? withContacts.length : all.length;
    if (counts[name] >= expected || !wasSeen(name)) return [];
    const relation = name === "tenantsSeeingContacts" ? "public.contacts" : "public.calls";
    return [{ org_id: null, relation, problem: `is hidden from ${expected - counts[name]} of ${expected} tenants` }];
  });
  const rows = [...leaks, ...hidden, ...(hidden.length === 0 ? lost : [])];
  if (rows.length === 0 && counts.tenantsSeeingCalls === 0 && all.length > 0) {
    return skipped(
      "no tenant saw a call of its own: the identity that is set does not fit the policies, or there are none",
    );
  }
  return {
    population: all.length,
    broken: rows.length,
    actual: `${counts.tenantsSeeingCalls.toLocaleString("en-US")} of ${all.length.toLocaleString("en-US")} tenants saw their own calls, ${counts.tenantsSeeingContacts.toLocaleString("en-US")} their contacts; others' rows were seen ${leaks.length.toLocaleString("en-US")} times`,
    rows,
  };
}

interface Answers {
  readonly orgId: string;
  readonly hasContacts: boolean;
  readonly seen: ReadonlyMap<string, Seen>;
  /** It has calls with a name, and sees none of these names. */
  readonly namesHidden: boolean;
}

async function askAll(look: Look, tenants: readonly Tenant[]): Promise<readonly Answers[]> {
  const { sql } = look;
  const all: Answers[] = [];
  for (const tenant of tenants) {
    const { orgId } = tenant;
    const seen = (await seenOf(look, tenant, relations)) ?? (await seenOneByOne(look, tenant));
    const [own] = await sql<{ contacts: boolean }[]>`
      select exists (select from public.contacts as k where k.org_id = ${orgId}) as contacts`;
    const named = await namesOf(look, orgId);
    const shown = named.size === 0 ? named : await askAs(look, tenant, () => namesOf(look, orgId));
    const namesHidden = named.size > 0 && ![...named].some(([id, name]) => shown?.get(id) === name);
    all.push({ orgId, hasContacts: own?.contacts === true, seen, namesHidden });
  }
  return all;
}

async function seenOneByOne(look: Look, tenant: Tenant): Promise<ReadonlyMap<string, Seen>> {
  const seen = new Map<string, Seen>();
  for (const relation of relations) {
    const found = await seenOf(look, tenant, [relation]);
    seen.set(relation, found?.get(relation) ?? { own: false, others: 0 });
  }
  return seen;
}

// In one statement; refused where one of them is.
async function seenOf(
  look: Look,
  tenant: Tenant,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, Seen> | undefined> {
  const { sql } = look;
  const { orgId } = tenant;
  return askAs(look, tenant, async () => {
    const asked = wanted.map(
      (relation) => `
        select '${relation}' as relation, exists (select from ${relation} as v where v.org_id = $1::uuid) as own,
               (select count(*)::integer from (select from ${relation} as v where v.org_id <> $1::uuid limit 1000) as x) as others`,
    );
    const rows = await sql.unsafe<(Seen & { relation: string })[]>(asked.join(" union all "), [orgId]);
    return new Map(rows.map(({ relation, own, others }) => [relation, { own, others }]));
  });
}

// The names that the latest calls show whose contact has one.
async function namesOf({ sql }: Look, orgId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ id: string; name: string }[]>`
    select v.id, v.resolved_caller_name as name
    from (select x.* from public.calls_with_caller_names as x where x.org_id = ${orgId} order by x.created_at desc limit ${mostNames}) as v
    where v.name_source = 'contact'`;
  return new Map(rows.map(({ id, name }) => [id, name]));
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
