import { readFileSync } from "node:fs";
import type postgres from "postgres";

const room = new URL("../../sql/phones/", import.meta.url);

/** The file that holds the generated regions. */
export const phoneRegionsFile = new URL("phone_region_rows.sql", room);

/** Creates `ssot.e164` and what it reads, in the order in which the engine is installed. */
export async function installPhoneSql(sql: postgres.Sql): Promise<void> {
  const install = readFileSync(new URL("../install.sql", room), "utf8");
  const files = [...install.matchAll(/^\\ir phones\/(\S+)$/gm)].map(([, name]) => name ?? "");
  const until = files.indexOf("e164.sql");
  if (until < 0) throw new Error("sql/install.sql has no phones/e164.sql");
  const before = "../bookkeeping/lift_row_security.sql";
  const texts = [before, ...files.slice(0, until + 1)].map((name) => readFileSync(new URL(name, room), "utf8"));
  await sql.unsafe(`create schema if not exists ssot; ${texts.join("\n")}`);
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
