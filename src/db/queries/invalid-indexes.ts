import type { Sql } from "postgres";

export interface InvalidIndex {
  /** Schema-qualified and quoted where needed. */
  readonly index: string;
  readonly table: string;
  /** One of the three that `ssot migrate` builds: it builds it again. */
  readonly ours: boolean;
}

/** Indexes of the tables that a run touches which a build left invalid, and which no build that runs now is about to finish. */
export async function listInvalidIndexes(sql: Sql): Promise<readonly InvalidIndex[]> {
  return sql<InvalidIndex[]>`
    select x.indexrelid::regclass::text as index, x.indrelid::regclass::text as table,
           x.indexrelid in (to_regclass('public.idx_calls_contact_id'), to_regclass('public.idx_contacts_org_phone'),
                            to_regclass('public.idx_contacts_org_phone_unique')) as ours
    from pg_catalog.pg_index as x
    join pg_catalog.pg_class as c on c.oid = x.indexrelid and c.relkind = 'i'
    where not x.indisvalid
      and (x.indrelid in (to_regclass('public.calls'), to_regclass('public.contacts'))
           or x.indrelid in (select k.conrelid from pg_catalog.pg_constraint as k
                             where k.contype = 'f' and k.confrelid = to_regclass('public.contacts')))
      and not exists (select from pg_catalog.pg_stat_progress_create_index as p where p.index_relid = x.indexrelid)
    order by 1`;
}
