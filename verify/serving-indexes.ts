import { type Fragment, sql } from "../src/checks/fragment.ts";

/**
 * The indexes of calls and contacts by which an equality can be looked up, whatever they are called: valid, whole, and collated as
 * their columns are. `keys` are the key columns in their order; a partial index counts where it leaves out rows without contact only.
 */
export const servingIndexes: Fragment = sql`
  select x.indexrelid, x.indrelid, c.relname::text as name, k.keys, x.indisunique and x.indimmediate as is_unique
  from pg_catalog.pg_index as x
  join pg_catalog.pg_class as c on c.oid = x.indexrelid
  join pg_catalog.pg_am as m on m.oid = c.relam
  cross join lateral (
    select array_agg(a.attname::text order by p.place) as keys,
           bool_and(a.attname is not null and (p.coll in (0, a.attcollation) or f.opcname like '%pattern_ops')) as are_plain
    from unnest(x.indkey::smallint[], x.indcollation::oid[], x.indclass::oid[]) with ordinality as p(attnum, coll, opclass, place)
    left join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = p.attnum
    left join pg_catalog.pg_opclass as f on f.oid = p.opclass
    where p.place <= x.indnkeyatts
  ) as k
  where x.indrelid in (to_regclass('public.calls'), to_regclass('public.contacts')) and x.indisvalid and x.indisready and k.are_plain
    and (x.indpred is null or pg_get_expr(x.indpred, x.indrelid) = '(contact_id IS NOT NULL)')
    and (m.amname = 'btree' or m.amname = 'hash' and x.indnkeyatts = 1)`;
