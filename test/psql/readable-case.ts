import type postgres from "postgres";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { normalisePhone } from "../../src/phone/normalise.ts";
import { askSql, installPhoneSql } from "../phone/phone-sql.ts";
import { createTestDatabase } from "../support/database.ts";

/** The columns that hold numbers: psql alone reads what SQL can read of them. */
const columns = [
  ["contacts", "phone"],
  ["calls", "phone_number"],
  ["calls", "from_number"],
] as const;

/** The dirty case, its numbers in E.164 already where only libphonenumber could read them. */
export async function loadReadableCase(sql: postgres.Sql): Promise<void> {
  await loadDirtyCase(sql);
  // Two databases are to be equal, to the second.
  await sql`update public.organizations set updated_at = created_at`;
  await sql`update public.calls set updated_at = created_at`;
  const scratch = await createTestDatabase({ template: "empty" });
  try {
    await installPhoneSql(scratch.sql);
    for (const [table, column] of columns) {
      const rows = await sql<{ raw: string; country: string }[]>`
        select distinct t.${sql(column)} as raw, o.telephony_country as country
        from ${sql(`public.${table}`)} as t join public.organizations as o on o.id = t.org_id
        where t.${sql(column)} is not null order by 1, 2`;
      const answers = await askSql(scratch.sql, rows);
      for (const [n, { raw, country }] of rows.entries()) {
        const number = normalisePhone(raw, country);
        if (number === null || answers[n] !== null) continue;
        await sql`
          update ${sql(`public.${table}`)} as t set ${sql(column)} = ${number} from public.organizations as o
          where o.id = t.org_id and t.${sql(column)} = ${raw} and o.telephony_country = ${country}`;
      }
    }
  } finally {
    await scratch.drop();
  }
}
