import type postgres from "postgres";
import { dirtyCallId, dirtyOrganizationId } from "../../fixtures/dirty-case.ts";

/** A call of the dirty case, with a real caller_name. */
export const aCall = dirtyCallId(1001);
export const anOrganization = dirtyOrganizationId(1);

export interface AuditRow {
  readonly column: string;
  readonly call: string | null;
  readonly old: string | null;
  readonly new: string | null;
  readonly operation: string;
  readonly seen: string;
  readonly statement: string | null;
}

/** All audit rows of this moment, by column and call. */
export async function readAudit(sql: postgres.ISql): Promise<readonly AuditRow[]> {
  return sql<AuditRow[]>`
    select column_name as column, call_id as call, old_value as old, new_value as new, operation, seen, statement
    from public.deprecated_column_audit order by column_name, seen, call_id, new_value`;
}

/** The traces of writes that do not hang on the audit table. */
export async function readTraces(sql: postgres.ISql): Promise<readonly string[]> {
  const rows = await sql<{ column: string }[]>`
    select column_name as column from ssot.deprecated_write order by column_name`;
  return rows.map(({ column }) => column);
}

/** What the trigger warns with. */
export const warningOf = (column: string): string => `[DEPRECATED COLUMN WRITE] calls.${column} was written to`;

/** Inserts `count` calls without a deprecated value, numbered from 0. */
export async function addCalls(sql: postgres.ISql, count: number): Promise<void> {
  await sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
    select ${anOrganization}, 'many-' || n, 'inbound', '+16505550001' from generate_series(1, ${count}::integer) as n`;
}
