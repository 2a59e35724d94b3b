import type { PendingQuery, Row, Sql } from "postgres";
import { keypadNumbers, withheldPattern } from "../../phone/withheld.ts";

/** SQL for: this number names nobody. */
export type Withheld = (number: PendingQuery<Row[]>) => PendingQuery<Row[]>;

/** The rule of ssot.is_withheld, which is not there yet when a plan is made. */
export function withheldIn(sql: Sql, encoding: { readonly unicode: boolean }): Withheld {
  const pattern = withheldPattern("[:space:]", encoding);
  return (number) => sql`coalesce(
    case when (${number})::text collate "C" !~ '[^+0-9]' then (${number})::text collate "C" = any (${["", ...keypadNumbers]}::text[])
         else (${number})::text collate "C" ~* ${pattern} end, true)`;
}

/** Whether the database can hold characters of any script. */
export async function isUnicode(sql: Sql): Promise<boolean> {
  const [database] = await sql<{ unicode: boolean }[]>`select getdatabaseencoding() = 'UTF8' as unicode`;
  return database?.unicode ?? true;
}
