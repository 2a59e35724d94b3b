import type { Sql } from "postgres";
import { missionColumns } from "../../model/mission.ts";

/** What the dashboard's users see of inbound calls, and how many calls have a contact. */
export interface CallerFigures {
  readonly inbound: number;
  /** Inbound calls shown as "Unknown Caller" or "Unknown". */
  readonly unknown: number;
  readonly inboundLinked: number;
  readonly outbound: number;
  readonly outboundLinked: number;
}

/** The figures as the former dashboard shows them: the name that the webhook froze into the call. */
export async function figuresBefore(sql: Sql): Promise<CallerFigures> {
  const [row] = await sql<CallerFigures[]>`
    select count(*) filter (where call_direction = 'inbound')::integer as inbound,
           count(*) filter (where call_direction = 'inbound' and coalesce(${sql(missionColumns.name)}, 'Unknown Caller') = 'Unknown Caller')::integer as unknown,
           count(contact_id) filter (where call_direction = 'inbound')::integer as "inboundLinked",
           count(*) filter (where call_direction = 'outbound')::integer as outbound,
           count(contact_id) filter (where call_direction = 'outbound')::integer as "outboundLinked"
    from public.calls`;
  return row ?? { inbound: 0, unknown: 0, inboundLinked: 0, outbound: 0, outboundLinked: 0 };
}

/** The figures as the view shows them. */
export async function figuresAfter(sql: Sql): Promise<CallerFigures> {
  const [row] = await sql<CallerFigures[]>`
    select count(*) filter (where call_direction = 'inbound')::integer as inbound,
           count(*) filter (where call_direction = 'inbound' and resolved_caller_name in ('Unknown Caller', 'Unknown'))::integer as unknown,
           count(contact_id) filter (where call_direction = 'inbound')::integer as "inboundLinked",
           count(*) filter (where call_direction = 'outbound')::integer as outbound,
           count(contact_id) filter (where call_direction = 'outbound')::integer as "outboundLinked"
    from public.calls_with_caller_names`;
  return row ?? { inbound: 0, unknown: 0, inboundLinked: 0, outbound: 0, outboundLinked: 0 };
}

/** The organisation that the story is about. */
export async function firstOrganisation(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from public.organizations order by id limit 1`;
  return row?.id ?? "";
}

/** A fingerprint of the two deprecated columns, row by row. */
export async function fingerprintDeprecated(sql: Sql): Promise<string> {
  const [row] = await sql<{ fingerprint: string }[]>`
    select md5(string_agg(format('%s|%s|%s', id, ${sql(missionColumns.name)}, ${sql(missionColumns.number)}), ',' order by id)) as fingerprint
    from public.calls`;
  return row?.fingerprint ?? "";
}

/** Lets a month pass, as far as ledger and audit know. Only the demo does this, to its own database. */
export async function letAMonthPass(
  sql: Sql,
  audit: "public.deprecated_column_audit" | "ssot.column_audit",
): Promise<void> {
  // One text is one transaction.
  await sql.unsafe(`
    update ssot.ledger set run_on = run_on - interval '32 days';
    update ${audit} set detected_at = detected_at - interval '32 days';
    update ssot.deprecated_write set written_at = written_at - interval '32 days'`);
}
