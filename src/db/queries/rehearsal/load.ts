import type { Sql } from "postgres";

/** What a load has of the copy: an organisation, how it writes numbers, and numbers that nobody has there. */
export interface LoadGround {
  readonly orgId: string;
  /** E.164. */
  readonly numbers: readonly string[];
}

/** Begins the ids of the provider under which a load writes. */
export const loadPrefix = "ssot-rehearsal-";

/**
 * Finds the organisation with the most recent call, and of `candidates` the numbers that neither a contact nor a call has; they are written
 * down, so that whoever goes on knows whose rows they are. Undefined where there is no organisation.
 */
export async function prepareLoad(sql: Sql, candidates: readonly string[]): Promise<LoadGround | undefined> {
  await sql.unsafe(
    "create table if not exists ssot_rehearsal.load_number (org_id text not null, number text primary key)",
  );
  // Those of a rehearsal that was cut off: what it wrote is taken away by now.
  await sql`delete from ssot_rehearsal.load_number`;
  const [known] = await sql<{ known: boolean }[]>`select to_regclass('public.organizations') is not null as known`;
  if (!known?.known) return undefined;
  const [org] = await sql<{ id: string }[]>`
    select o.id::text as id from public.organizations as o
    order by (select max(c.created_at) from public.calls as c where c.org_id = o.id) desc nulls last, o.id limit 1`;
  if (org === undefined) return undefined;
  const rows = await sql<{ number: string }[]>`
    with candidate as (
      select n.number, right(n.number, 10) as digits from jsonb_array_elements_text(${JSON.stringify(candidates)}::text::jsonb) as n(number)
    ), known as (
      select right(pg_catalog.regexp_replace(k.phone, '[^0-9]', '', 'g'), 10) as digits from public.contacts as k
      union select right(pg_catalog.regexp_replace(c.phone_number, '[^0-9]', '', 'g'), 10) from public.calls as c
    )
    insert into ssot_rehearsal.load_number (org_id, number)
    select ${org.id}, c.number from candidate as c where not exists (select from known as k where k.digits = c.digits)
    on conflict on constraint load_number_pkey do nothing
    returning number`;
  return { orgId: org.id, numbers: rows.map(({ number }) => number) };
}

/** A call that its writer was told is kept. */
export interface AcknowledgedCall {
  readonly id: string;
  readonly linked: boolean;
  /** In seconds, as it was last told; null: not told yet. */
  readonly duration: number | null;
}

/** How many of these calls are not there as they were told: the row, its contact, its duration where the table has one. */
export async function countLostCalls(sql: Sql, calls: readonly AcknowledgedCall[]): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::integer as n
    from jsonb_to_recordset(${JSON.stringify(calls)}::text::jsonb) as a(id text, linked boolean, duration integer)
    left join public.calls as c on c.id::text = a.id
    where c.id is null or a.linked and c.contact_id is null
      or a.duration is not null and to_jsonb(c) ? 'duration_seconds' and (to_jsonb(c) ->> 'duration_seconds')::numeric is distinct from a.duration`;
  return row?.n ?? 0;
}

/** Takes away what a load wrote, also one that was cut off. */
export async function clearLoad(sql: Sql): Promise<void> {
  const [made] = await sql<{ made: boolean }[]>`select to_regclass('ssot_rehearsal.load_number') is not null as made`;
  if (!made?.made) return;
  await sql`delete from public.calls as c where c.vapi_call_id like ${`${loadPrefix}%`}`;
  await sql`
    delete from public.contacts as k using ssot_rehearsal.load_number as n
    where k.org_id::text = n.org_id and k.phone = n.number`;
}
