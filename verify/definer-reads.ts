import { z } from "zod";
import { defineCheck, plainText } from "../src/checks/define.ts";
import { sql } from "../src/checks/fragment.ts";
import { isOurs } from "./our-functions.ts";

// What a body asks who calls it, or whether he may.
const asks = String.raw`\m(org_id|organization_id|tenant\w*|auth|jwt|current_setting|current_user|session_user|current_role|is_\w+|has_\w+|raise|assert)\M`;

/** Of the suite security: functions with their owner's rights are read, never called. */
export const definerReads = defineCheck({
  id: "definer-reads",
  claim:
    "no function that tenants may call with the rights of its owner gives rows of calls or contacts without asking whose they are, as far as its text tells",
  hint: "Let it ask for the tenant's org_id, make it SECURITY INVOKER, or revoke EXECUTE from PUBLIC, anon and authenticated",
  needs: ["bookkeeping"],
  row: z.object({ name: plainText }),
  population: sql`
    select count(*) as population from pg_catalog.pg_proc as p where p.prosecdef and p.pronamespace <> 'pg_catalog'::regnamespace`,
  sql: (facts) => sql`
    select p.oid::regprocedure::text as name
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    join pg_catalog.pg_type as t on t.oid = p.prorettype
    cross join lateral (select coalesce(nullif(p.prosrc, ''), pg_get_functiondef(p.oid)) as said) as b
    where p.prosecdef and p.prokind = 'f' and n.nspname not in ('pg_catalog', 'information_schema', 'ssot_search') and not ${isOurs(facts)}
      and t.typname not in ('trigger', 'event_trigger') and (p.proretset or t.typtype = 'c' or t.typname in ('record', 'json', 'jsonb', '_text'))
      and not exists (select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      and exists (select from pg_catalog.pg_roles as r
                  where r.rolname in ('anon', 'authenticated') and has_schema_privilege(r.oid, n.oid, 'USAGE') and has_function_privilege(r.oid, p.oid, 'EXECUTE'))
      and b.said ~* '\\m(calls|contacts|calls_with_caller_names)\\M' and b.said !~* ${asks}
    order by 1`,
});
