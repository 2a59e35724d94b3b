import { readFileSync } from "node:fs";
import type postgres from "postgres";

/** The file that holds the generated regions and `ssot.e164`. */
export const phoneSqlFile = new URL("../../migrations/20260209000100_backfill_contact_ids.sql", import.meta.url);

/** Creates `ssot.e164` and what it reads, from the step `phone_numbers` as the file has it. */
export async function installPhoneSql(sql: postgres.Sql): Promise<void> {
  const text = readFileSync(phoneSqlFile, "utf8");
  const [, step] = text.split(/^-- step: phone_numbers$/m);
  if (step === undefined) throw new Error(`${phoneSqlFile.pathname} has no step phone_numbers`);
  const [statements = ""] = step.split(/^(?:commit;|-- step: )/m);
  await sql.unsafe(`create schema if not exists ssot; ${statements.replace(/^begin;$/m, "")}`);
}

export interface Spelling {
  readonly raw: string;
  readonly country: string;
}

/** What `ssot.e164` answers to each, in their order. */
export async function askSql(sql: postgres.Sql, spellings: readonly Spelling[]): Promise<(string | null)[]> {
  const rows = await sql<{ answer: string | null }[]>`
    select ssot.e164(asked.raw, asked.country) as answer
    from unnest(${spellings.map((s) => s.raw)}::text[], ${spellings.map((s) => s.country)}::text[])
      with ordinality as asked (raw, country, position)
    order by asked.position`;
  return rows.map((row) => row.answer);
}
