import { z } from "zod";
import { defineCheck, defineProbe, defineRead, defineSuite, plainText } from "../src/checks/define.ts";
import { type Fragment, sql } from "../src/checks/fragment.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import { definerReads } from "./definer-reads.ts";
import { isOurs } from "./our-functions.ts";
import { probeCall, probeName, takeCall } from "./probe-call.ts";
import { searchClosed } from "./search.ts";
import { rowsOfTenants, rowsWithoutIdentity, writableIds } from "./tenant-access.ts";
import { viewsOfTenants } from "./tenant-views.ts";
import { writesOfTenants } from "./tenant-writes.ts";
import { remake } from "./ways-back.ts";

const { view, deprecate, drop } = migrationNames;
const named = z.object({ name: plainText });
const grant = z.object({ name: plainText, grantee: plainText, privilege: plainText });

/** Rights of PUBLIC and of these roles on a relation and its columns: their own, and those through another role. */
function rightsOn(relation: string, roles: Fragment): Fragment {
  return sql`
    select c.relname::text as name, coalesce(r.rolname, 'PUBLIC')::text as grantee, x.privilege_type as privilege
    from (
      select w.relname, w.relacl as acl from pg_catalog.pg_class as w where w.oid = to_regclass(${relation})
      union all
      select ${relation} || '.' || a.attname, a.attacl from pg_catalog.pg_attribute as a
      where a.attrelid = to_regclass(${relation}) and not a.attisdropped
    ) as c
    cross join aclexplode(c.acl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where x.grantee = 0 or r.rolname in (${roles})
    union
    select ${relation}, r.rolname::text, p.privilege || ', its own or through another role'
    from pg_catalog.pg_roles as r cross join (values ('SELECT'), ('INSERT'), ('UPDATE')) as p(privilege)
    where r.rolname in (${roles}) and has_any_column_privilege(r.oid, to_regclass(${relation}), p.privilege)`;
}

/** Tenants see their own, and nobody else sees anything. */
export const security = defineSuite({
  id: "security",
  title: "tenants are walls",
  checks: [
    defineCheck({
      id: "view-invoker",
      claim: "the view asks as the user who reads it, so that row level security holds",
      hint: `alter view public.calls_with_caller_names set (security_invoker = true), or ${remake}`,
      needs: ["view"],
      row: named,
      population: 1,
      sql: sql`
        select c.relname::text as name from pg_catalog.pg_class as c
        where c.oid = to_regclass('public.calls_with_caller_names')
          and not exists (select from unnest(c.reloptions) as o(setting) where o.setting ~* '^security_invoker=(true|on|yes|1)$')`,
    }),
    defineProbe({
      id: "view-wall",
      claim: "the view shows no name of another organisation's contact, not even through a wrong link",
      hint: remake,
      needs: ["view", "source", "uniqueIndex"],
      probe: async ({ sql: session, orgId, otherOrgId }) => {
        if (orgId === otherOrgId) return { population: 0, broken: 0, skip: "there is one organisation only" };
        const theirs = await takeCall(session, probeCall(otherOrgId, 80, { name: `${probeName} Elsewhere` }));
        const ours = await takeCall(session, probeCall(orgId, 81));
        await session`update public.calls set contact_id = ${theirs.contactId} where id = ${ours.callId} and org_id = ${orgId}`;
        const [shown] = await session<{ name: string | null }[]>`
          select v.resolved_caller_name as name from public.calls_with_caller_names as v where v.id = ${ours.callId}`;
        const leaked = shown?.name === `${probeName} Elsewhere`;
        return {
          population: 1,
          broken: leaked ? 1 : 0,
          actual: leaked ? "the name is shown" : "the name is not shown",
        };
      },
    }),
    defineCheck({
      id: "view-join",
      claim: "the view joins contacts on the organisation too",
      hint: remake,
      needs: ["view", "gate"],
      row: named,
      population: 1,
      sql: sql`
        select c.relname::text as name from pg_catalog.pg_class as c
        where c.oid = to_regclass('public.calls_with_caller_names') and not ssot.view_is_ours()
          and pg_get_viewdef(c.oid) !~ '[a-z_]+[.]org_id = [a-z_]+[.]org_id'`,
    }),
    defineCheck({
      id: "view-grants",
      claim: "neither everybody nor anon may read the view",
      hint: "revoke all on public.calls_with_caller_names from public, anon",
      needs: ["view"],
      after: view,
      postcondition: true,
      row: grant,
      population: 1,
      sql: sql`${rightsOn("public.calls_with_caller_names", sql`'anon'`)} order by 1, 2, 3`,
    }),
    defineCheck({
      id: "view-readers",
      claim: "every role that may read calls, except anon, may read the view",
      hint: "grant select on public.calls_with_caller_names to these roles, else their dashboards are empty",
      needs: ["view"],
      after: view,
      row: named,
      population: sql`
        select count(*) as population from pg_catalog.pg_class as c cross join aclexplode(c.relacl) as x
        where c.oid = to_regclass('public.calls') and x.privilege_type = 'SELECT'`,
      sql: sql`
        select distinct r.rolname::text as name
        from pg_catalog.pg_class as c cross join aclexplode(c.relacl) as x join pg_catalog.pg_roles as r on r.oid = x.grantee
        where c.oid = to_regclass('public.calls') and x.privilege_type = 'SELECT' and r.rolname <> 'anon'
          and not has_table_privilege(r.oid, to_regclass('public.calls_with_caller_names'), 'SELECT')
        order by 1`,
    }),
    defineCheck({
      id: "audit-closed",
      claim: "the audit has row level security, and no exposed role has a right on it",
      hint: "alter table public.deprecated_column_audit enable row level security; revoke all on it from public, anon, authenticated",
      needs: ["audit"],
      after: deprecate,
      until: drop,
      postcondition: true,
      row: grant,
      population: 1,
      sql: sql`
        ${rightsOn("public.deprecated_column_audit", sql`'anon', 'authenticated'`)}
        union
        select c.relname::text, 'everybody', 'row level security is off' from pg_catalog.pg_class as c
        where c.oid = to_regclass('public.deprecated_column_audit') and not c.relrowsecurity
        order by 1, 2, 3`,
    }),
    defineCheck({
      id: "schema-closed",
      claim: "schema ssot and what is in it are closed to exposed roles",
      hint: "revoke all on schema ssot, and on its tables, from public, anon, authenticated",
      needs: ["bookkeeping"],
      row: grant,
      population: sql`
        select count(*) as population from pg_catalog.pg_class as c
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace where n.nspname = 'ssot' and c.relkind in ('r', 'v', 'S')`,
      sql: sql`
        select o.name, coalesce(r.rolname, 'PUBLIC')::text as grantee, x.privilege_type as privilege
        from (
          select n.nspname::text as name, n.nspacl as acl from pg_catalog.pg_namespace as n where n.nspname = 'ssot'
          union all
          select 'ssot.' || c.relname, c.relacl from pg_catalog.pg_class as c
          join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
          -- Somebody's, on its way through.
          where n.nspname = 'ssot' and not c.relname ^@ 'adopted_'
          union all
          select 'ssot.' || c.relname || '.' || a.attname, a.attacl from pg_catalog.pg_attribute as a
          join pg_catalog.pg_class as c on c.oid = a.attrelid join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
          where n.nspname = 'ssot' and a.attacl is not null and not c.relname ^@ 'adopted_'
          union all
          select p.oid::regprocedure::text, p.proacl from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
          where n.nspname = 'ssot' and not p.prosecdef
        ) as o
        cross join aclexplode(o.acl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
        where x.grantee = 0 or r.rolname in ('anon', 'authenticated')
        union
        select 'ssot', r.rolname::text, 'USAGE through another role' from pg_catalog.pg_roles as r
        where r.rolname in ('anon', 'authenticated') and has_schema_privilege(r.oid, to_regnamespace('ssot'), 'USAGE')
        order by 1, 2, 3`,
    }),
    defineCheck({
      id: "definer-functions",
      claim:
        "functions of ours that run as their owner have a search path on which nobody's temporary type comes first, and nobody else may call them",
      hint: remake,
      needs: ["bookkeeping"],
      row: z.object({ name: plainText, problem: plainText }),
      population: (facts) => sql`
        select count(*) as population from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where p.prosecdef and ${isOurs(facts)}`,
      sql: (facts) => sql`
        select p.oid::regprocedure::text as name, 'has another search path than pg_catalog, pg_temp' as problem
        from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        where p.prosecdef and ${isOurs(facts)}
          and 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}'))
        union all
        select p.oid::regprocedure::text, 'may be called by ' || coalesce(r.rolname, 'PUBLIC')
        from pg_catalog.pg_proc as p
        join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as x
        left join pg_catalog.pg_roles as r on r.oid = x.grantee
        where p.prosecdef and ${isOurs(facts)}
          and (x.grantee = 0 or r.rolname in ('anon', 'authenticated'))
        union
        select p.oid::regprocedure::text, 'may be called by ' || r.rolname || ' through another role'
        from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
        cross join pg_catalog.pg_roles as r
        where p.prosecdef and ${isOurs(facts)}
          and r.rolname in ('anon', 'authenticated') and has_function_privilege(r.oid, p.oid, 'EXECUTE')
        order by 1, 2`,
    }),
    searchClosed,
    defineCheck({
      id: "row-security",
      claim: "where anon or authenticated may read or write calls or contacts, row level security is on there",
      hint: "alter table … enable row level security, with a policy by org_id; or revoke the right",
      row: z.object({ name: plainText, grantee: plainText }),
      population: sql`select count(*) as population from pg_catalog.pg_class as c where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))`,
      sql: sql`
        select c.relname::text as name, r.rolname::text as grantee
        from pg_catalog.pg_class as c cross join pg_catalog.pg_roles as r
        where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts')) and not c.relrowsecurity and r.rolname in ('anon', 'authenticated')
          and (has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE') or has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE'))
        order by 1, 2`,
    }),
    defineRead({
      id: "no-identity",
      claim: "anon and authenticated without an identity see no call and no contact",
      hint: "A policy lets rows through that belong to nobody's identity: compare org_id with the token's, without a default",
      schema: z.object({ role: plainText, relation: plainText }),
      look: rowsWithoutIdentity,
    }),
    defineRead({
      id: "vapi-ids",
      claim: "no tenant may write the ids by which the webhook finds its organisation",
      hint: "revoke insert, update on public.organizations from these roles, and grant update on the columns that are theirs: a tenant that enters another's number or assistant disputes its calls",
      schema: z.object({ column: plainText, role: plainText, privilege: plainText }),
      look: writableIds,
    }),
    defineRead({
      id: "tenant",
      impersonates: true,
      claim: "a tenant sees its own calls, contacts and names, and no other's, through the view and past it",
      hint: "Look at the policies of calls and contacts, at the rights of the tenants' role, and at security.view-invoker. How a tenant is impersonated is set in the configuration",
      needs: ["view"],
      schema: z.object({ org_id: z.guid().nullable(), relation: plainText, problem: plainText }),
      look: rowsOfTenants,
    }),
    defineRead({
      id: "tenant-writes",
      impersonates: true,
      claim: "no policy lets a tenant write another's calls or contacts",
      hint: "Compare org_id with the token's in USING and in WITH CHECK of the policies for INSERT, UPDATE and DELETE",
      schema: z.object({ org_id: z.guid().nullable(), role: plainText, relation: plainText, problem: plainText }),
      look: writesOfTenants,
    }),
    defineRead({
      id: "tenant-views",
      impersonates: true,
      claim: "no view that asks with the rights of its owner hands another's calls or contacts to a tenant",
      hint: "alter view … set (security_invoker = true); a materialised view cannot: revoke it from the tenants' role",
      schema: z.object({ org_id: z.guid(), relation: plainText }),
      look: viewsOfTenants,
    }),
    definerReads,
  ],
});
