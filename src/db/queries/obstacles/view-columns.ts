import type { ListObstacles } from "./obstacle.ts";

/** Columns of calls that have the name of a column which the view adds to them. */
export const listTakenViewColumns: ListObstacles = (sql) => sql`
  select format('public.calls has a column %I, which is a name of the view calls_with_caller_names', a.attname) as what,
         format('rename it: alter table public.calls rename column %I to call_%I', a.attname, a.attname) as remedy
  from pg_catalog.pg_attribute as a
  where a.attrelid = to_regclass('public.calls') and a.attnum > 0 and not a.attisdropped
    and a.attname in ('resolved_caller_name', 'contact_email', 'contact_lead_status', 'contact_lead_score', 'name_source')
  order by a.attname`;
