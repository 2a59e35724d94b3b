import type { PendingQuery, Row, Sql } from "postgres";
import { missionColumns } from "../../model/mission.ts";
import type { Withheld } from "./withheld.ts";

/**
 * The number of the person at the other end of a call `c`, as ssot.call_number, which is not there yet when a plan is made.
 * On an outbound call the deprecated column holds the organisation's own; `dropped`: it is gone.
 */
export function callNumber(
  sql: Sql,
  isWithheld: Withheld,
  { dropped = false }: { readonly dropped?: boolean } = {},
): PendingQuery<Row[]> {
  const other = dropped ? sql`null` : sql`c.${sql(missionColumns.number)}`;
  return sql`(case when c.call_direction = 'outbound' or not ${isWithheld(sql`c.phone_number`)} then c.phone_number
                   else ${other} end) collate "C"`;
}
