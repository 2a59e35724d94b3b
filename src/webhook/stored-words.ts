import type { ISql } from "postgres";
import type { CallsSchema } from "./calls-schema.ts";

/** What the row of a call says that a score is made of; an empty transcript where there is none. */
export interface StoredWords {
  readonly transcript: string;
  readonly sentiment: string | null;
}

/** The texts of transcript and sentiment in a row of calls, by the host's names; null where calls has no such column. */
export function wordColumns(
  { columns }: CallsSchema,
  row: string,
): { readonly [K in "transcript" | "sentiment"]: string } {
  const textOf = (...keys: readonly string[]): string => {
    const name = columns.find(({ key }) => keys.includes(key))?.name;
    return name === undefined ? "null::text" : `${row}."${name.replaceAll('"', '""')}"::text`;
  };
  return { transcript: textOf("transcript"), sentiment: textOf("sentiment", "sentiment_label") };
}

/** The words of an organisation's call: one look-up by its key. */
export async function findStoredWords(
  sql: ISql,
  schema: CallsSchema,
  orgId: string,
  callId: string,
): Promise<StoredWords | undefined> {
  const { transcript, sentiment } = wordColumns(schema, "c");
  const [row] = await sql.unsafe<StoredWords[]>(
    `select coalesce(${transcript}, '') as transcript, ${sentiment} as sentiment from public.calls as c where c.id = $1::uuid and c.org_id = $2::uuid`,
    [callId, orgId],
    { prepare: true },
  );
  return row;
}
