import type { ListObstacles } from "./obstacle.ts";

/** An encoding in which the characters of our own rules, or of what a provider sends, do not exist. */
export const listOtherEncodings: ListObstacles = (sql) => sql`
  select format('the encoding of database %I is %s, expected UTF8', current_database(), current_setting('server_encoding')) as what,
         'dump it, create a database with encoding UTF8, and restore it there' as remedy
  where current_setting('server_encoding') <> 'UTF8'`;
