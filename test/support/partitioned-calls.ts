import type postgres from "postgres";

/** How many partitions `partitionCalls` makes. */
export const partitionCount = 4;

const byOrganisation = `
  -- Everything that calls has, save its keys: on a partitioned table they have to hold the organisation.
  alter table public.calls rename to plain_calls;
  create table public.calls (like public.plain_calls including defaults including constraints) partition by hash (org_id);
  drop table public.plain_calls;
  alter table public.calls add constraint calls_pkey primary key (id, org_id);
  alter table public.calls add constraint calls_org_id_vapi_call_id_key unique (org_id, vapi_call_id);
  alter table public.calls add constraint calls_org_id_fkey foreign key (org_id)
    references public.organizations (id) on delete cascade;
  alter table public.calls add constraint calls_contact_id_fkey foreign key (contact_id)
    references public.contacts (id) on delete set null;
  create index idx_calls_org_id_created_at on public.calls (org_id, created_at desc);
  create index idx_calls_created_at on public.calls (created_at);
  create index idx_calls_call_direction on public.calls (call_direction);
  create index idx_calls_from_number on public.calls (from_number);`;

/** Turns the empty table calls of the base schema into one that is partitioned by hash of org_id. */
export async function partitionCalls(sql: postgres.Sql): Promise<void> {
  const partitions = Array.from(
    { length: partitionCount },
    (_, n) => `create table public.calls_p${n} partition of public.calls
      for values with (modulus ${partitionCount}, remainder ${n})`,
  );
  await sql.unsafe([byOrganisation, ...partitions].join(";\n"));
}
