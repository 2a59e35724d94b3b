import type { Connection } from "../db/connection.ts";
import { readNumbers } from "../phone/read-numbers.ts";

const chunk = 5000;

/** Reads with libphonenumber what SQL left open in `ssot.phone_map`, in chunks, each its own transaction. */
export async function fillPhoneMap({ sql }: Connection): Promise<void> {
  let after = { raw: "", country: "" };
  for (;;) {
    const open = await sql<{ raw: string; country: string }[]>`
      select raw, country from ssot.phone_map
      where e164 is null and (raw, country) > (${after.raw}, ${after.country})
      order by raw, country limit ${chunk}`;
    const last = open.at(-1);
    if (last === undefined) return;
    const read = readNumbers(open);
    await sql`
      update ssot.phone_map as m set e164 = r.e164
      from unnest(${read.map((n) => n.raw)}::text[], ${read.map((n) => n.country)}::text[], ${read.map((n) => n.e164)}::text[])
        as r(raw, country, e164)
      where m.raw = r.raw and m.country = r.country`;
    after = last;
  }
}
