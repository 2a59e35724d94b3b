import type { Sql } from "postgres";
import { type ContactColumn, type ContactRole, deadText, roleOf } from "../../model/contact-role.ts";

/** As ssot.contact_role, which is not there yet when a plan is made. */
export async function listContactRoles(sql: Sql): Promise<readonly ContactRole[]> {
  const columns = await sql<ContactColumn[]>`
    select a.attname as name, coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text as type,
           col_description(a.attrelid, a.attnum) as comment
    from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
    where a.attrelid = to_regclass('public.contacts') and a.attnum > 0 and not a.attisdropped
    order by a.attname`;
  return columns.map(roleOf).filter((role) => role !== null);
}

/** SQL for: the contact `k` is gone. */
export async function readDeadText(sql: Sql): Promise<string> {
  return deadText("k", await listContactRoles(sql));
}
