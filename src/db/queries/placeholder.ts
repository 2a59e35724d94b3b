import type { PendingQuery, Row, Sql } from "postgres";
import type { PlaceholderRule } from "../../model/placeholder-name.ts";

/** The rule of ssot.is_placeholder, which is not there yet when a plan is made. */
export function isPlaceholder(
  sql: Sql,
  name: PendingQuery<Row[]>,
  { short, unknown, nobody, unseen, numeric }: PlaceholderRule,
): PendingQuery<Row[]> {
  return sql`coalesce(octet_length(btrim(${name})) < 2 or ${name} ~ ${short} or ${name} ~* ${unknown} or ${name} ~* ${nobody}
    or ${name} ~ ${unseen} or ${name} ~* ${numeric}, true)`;
}
