import type { ListObstacles } from "./obstacle.ts";

/**
 * Settings by which somebody forbade this session to write, or switched the looking at keys off. They are told with where
 * they were set, and never overridden.
 */
export const listClosedDoors: ListObstacles = (sql) => sql`
  with closed(name, value, why) as (
    values ('default_transaction_read_only', 'on', 'whoever closed this database to writers may open it'),
           ('session_replication_role', 'replica', 'no key and no trigger would be looked at')
  )
  select format('%s is %s, set for %s', d.name, d.value,
           case s.source
             when 'database' then format('database %I', current_database())
             when 'user' then format('role %I', session_user)
             when 'database user' then format('role %I in database %I', session_user, current_database())
             when 'global' then 'all roles'
             when 'client' then 'this client (PGOPTIONS, or options in the URL)'
             else format('the server (%s)', s.source)
           end) as what,
         format('%s: %s', d.why,
           case s.source
             when 'database' then format('alter database %I reset %s', current_database(), d.name)
             when 'user' then format('alter role %I reset %s', session_user, d.name)
             when 'database user' then format('alter role %I in database %I reset %s', session_user, current_database(), d.name)
             when 'global' then format('alter role all reset %s', d.name)
             when 'client' then 'take it out of the options'
             else format('alter system reset %s, or change it where the server is started', d.name)
           end) as remedy
  from closed as d join pg_catalog.pg_settings as s on s.name = d.name
  where s.reset_val = d.value
  order by d.name`;
