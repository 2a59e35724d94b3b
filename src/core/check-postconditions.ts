import { postconditions } from "../../verify/postconditions.ts";
import type { Connection } from "../db/connection.ts";
import { SsotError } from "../model/errors.ts";

/** Checks that what was applied is there as it is meant. Throws POSTCONDITION with every claim that does not hold. */
export async function checkPostconditions({ sql }: Connection, applied: readonly string[]): Promise<void> {
  const broken: string[] = [];
  for (const { id, claim, after, until, breaking } of postconditions) {
    if (!applied.includes(after) || (until !== undefined && applied.includes(until))) continue;
    const [row] = await sql<{ n: string }[]>`select count(*) as n from (${sql.unsafe(breaking)}) as broken`;
    if (row?.n !== "0") broken.push(`${claim} (${id}: ${row?.n})`);
  }
  if (broken.length === 0) return;
  throw new SsotError(
    "POSTCONDITION",
    `the migrations were applied, but not everything holds:\n${broken.map((line) => `  - ${line}`).join("\n")}`,
    {
      hint: "Nothing was taken back by itself. ssot status shows what is applied; ssot rollback takes it back.",
    },
  );
}
