import type { PendingQuery, Row, Sql } from "postgres";

/** SQL for: this text has the shape of E.164, as ssot.is_e164, which is not there yet when a plan is made. */
export function isE164In(sql: Sql, number: PendingQuery<Row[]>): PendingQuery<Row[]> {
  return sql`(length(${number}) <= 16 and ${number} ~ '^[+][1-9][0-9]+$')`;
}
