import type { Finding, Look } from "../src/checks/define.ts";
import { trustedRoles } from "../src/db/queries/trusted-code.ts";
import { askAs, findTenants, type Tenant } from "./tenant.ts";

const mostRows = 500;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface ViewRow {
  /** `schema.view`, quoted. */
  readonly name: string;
  /** The columns that the tenants' role may read, quoted, as a select list. */
  readonly columns: string;
  /** Its owner, and whose functions it calls, are trusted, and none of these is volatile. */
  readonly trusted: boolean;
}

/**
 * As tenants: does a view or materialised view of a trusted owner, which asks with its owner's rights, hand out what belongs to
 * another organisation's calls or contacts? Views that run code of others, or code that may write, are told and not asked.
 */
export async function viewsOfTenants(look: Look): Promise<Finding> {
  const found = await findTenants(look);
  if ("none" in found) return found.none;
  const { tenants } = found;
  const views = await listViews(look);
  const asked = views.filter(({ trusted }) => trusted);
  const left = views.filter(({ trusted }) => !trusted).map(({ name }) => name);
  const rows: { org_id: string; relation: string }[] = [];
  for (const view of asked) {
    for (const tenant of tenants) {
      if (await handsOutOthers(look, view, tenant)) rows.push({ org_id: tenant.orgId, relation: view.name });
    }
  }
  const untold = left.length === 0 ? "" : `; not asked, for whose code they run: ${left.join(", ")}`;
  return {
    population: tenants.length,
    broken: rows.length,
    rows,
    actual: `${asked.length} views with the rights of their owner were asked, ${rows.length} times others' rows were handed out${untold}`,
  };
}

async function listViews({ sql, settings }: Look): Promise<readonly ViewRow[]> {
  return sql.unsafe<ViewRow[]>(
    `with recursive ${trustedRoles("false")}, reading(oid) as (
       select t.oid::oid from unnest(array[to_regclass('public.calls'), to_regclass('public.contacts')]) as t(oid)
       union
       select w.ev_class from reading as r
       join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = r.oid
         and d.classid = 'pg_catalog.pg_rewrite'::regclass
       join pg_catalog.pg_rewrite as w on w.oid = d.objid and w.ev_class <> r.oid
     )
     select format('%I.%I', n.nspname, c.relname) as name,
            string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns,
            c.relowner in (table trusted) and not exists (
              select from pg_catalog.pg_rewrite as w
              join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
                and d.refclassid = 'pg_catalog.pg_proc'::regclass
              join pg_catalog.pg_proc as p on p.oid = d.refobjid
              where w.ev_class = c.oid and c.relkind = 'v' and (p.provolatile = 'v' or p.proowner not in (table trusted))) as trusted
     from reading as v
     join pg_catalog.pg_class as c on c.oid = v.oid and c.relkind in ('v', 'm')
     join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
     join pg_catalog.pg_roles as r on r.rolname = $1
     join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       and has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT')
     where c.oid is distinct from to_regclass('public.calls_with_caller_names') and has_schema_privilege(r.oid, n.oid, 'USAGE')
       and not exists (select from unnest(c.reloptions) as o(line) where o.line ~* '^security_invoker=(true|on|yes|1)$')
     group by n.nspname, c.relname, c.oid, c.relowner, c.relkind
     order by 1`,
    [settings.tenantRole],
  );
}

async function handsOutOthers(look: Look, { name, columns }: ViewRow, tenant: Tenant): Promise<boolean> {
  const { sql } = look;
  const shown = await askAs(look, tenant, () =>
    sql.unsafe<{ row: unknown }[]>(
      `select to_jsonb(v) as row from (select ${columns} from ${name} limit ${mostRows}) as v`,
      [],
    ),
  );
  const texts = [...new Set((shown ?? []).flatMap(({ row }) => textsOf(row)))];
  const ids = texts.filter((text) => uuid.test(text));
  if (texts.length === 0) return false;
  // A value that is the tenant's own as well says nothing.
  const [found] = await sql<{ leaks: boolean }[]>`
    select exists (
      select from public.contacts as k where k.org_id <> ${tenant.orgId} and (k.id = any (${ids}::uuid[]) or k.org_id = any (${ids}::uuid[]))
    ) or exists (
      select from public.calls as c where c.org_id <> ${tenant.orgId} and (c.id = any (${ids}::uuid[]) or c.org_id = any (${ids}::uuid[]))
    ) or exists (
      select x.value from (
        select k.phone::text as value from public.contacts as k where k.org_id <> ${tenant.orgId} and k.phone::text = any (${texts}::text[])
        union all
        select k.name::text from public.contacts as k where k.org_id <> ${tenant.orgId} and k.name::text = any (${texts}::text[])
        union all
        select c.phone_number::text from public.calls as c where c.org_id <> ${tenant.orgId} and c.phone_number::text = any (${texts}::text[])
      ) as x
      where not exists (select from public.contacts as k where k.org_id = ${tenant.orgId} and (k.phone::text = x.value or k.name::text = x.value))
        and not exists (select from public.calls as c where c.org_id = ${tenant.orgId} and c.phone_number::text = x.value)
    ) as leaks`;
  return found?.leaks === true;
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
