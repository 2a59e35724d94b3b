import type { Sql } from "postgres";
import { ask, type Scope } from "./ask.ts";
import type { ScanCheck } from "./define.ts";
import { type Fragment, join, sql } from "./fragment.ts";
import { combinationsOf, rowsOf, type ScanName, scans } from "./scans.ts";

/** What one claim of a scan came to. */
export interface ScanCount {
  readonly population: number;
  readonly broken: number;
}

/** Counts all these conditions in one pass over the table, each under its name. */
export async function countInScan(
  session: Sql,
  scan: ScanName,
  conditions: ReadonlyMap<string, Fragment>,
  scope: Scope,
): Promise<ReadonlyMap<string, number>> {
  const names = [...conditions.keys()];
  const counts = [...conditions.values()].map((condition, place) => {
    const alias: Fragment = { strings: [` as n${place}`], values: [] };
    return sql`coalesce(sum(r.n) filter (where ${condition}), 0)${alias}`;
  });
  const [row] = await ask(session, sql`select ${join(counts, ", ")} from ${combinationsOf(scans[scan])}`, scope);
  return new Map(names.map((name, place) => [name, Number(row?.[`n${place}`] ?? 0)]));
}

/** The two conditions of a check, by the names that its counts get. */
export function conditionsOf(key: string, { population, breaking }: ScanCheck): ReadonlyMap<string, Fragment> {
  return new Map([
    [`${key} population`, population],
    [`${key} broken`, sql`(${population}) and (${breaking})`],
  ]);
}

/** Rows that break the claim, the newest first. */
export function sampleOf({ scan, population, breaking, sample }: ScanCheck, most: number): Fragment {
  return sql`select ${sample} from ${rowsOf(scans[scan])} where (${population}) and (${breaking})
    order by r.created_at desc, r.id limit ${most}`;
}
