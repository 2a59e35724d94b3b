import type { Sql } from "postgres";
import { normalisePhone } from "../../src/phone/normalise.ts";
import { Acknowledged } from "./acknowledged.ts";
import { type Random, seededRandom } from "./random.ts";

export interface KnownRow {
  readonly id: string;
  readonly orgId: string;
  /** In E.164; null where it has none that can be read. */
  readonly number: string | null;
}

/** What senders of requests know: some rows that were there before, chance, and what they were told is written. */
export interface World {
  readonly random: Random;
  readonly calls: readonly KnownRow[];
  readonly contacts: readonly KnownRow[];
  /** Those that have calls. */
  readonly organisations: readonly string[];
  readonly acknowledged: Acknowledged;
  /** Works on a row that nobody else works on at this moment, so that it is known which write was the last. */
  alone<Row extends KnownRow, Result>(rows: readonly Row[], work: (row: Row) => Promise<Result>): Promise<Result>;
}

const mostRows = 20_000;

/** Reads a random sample of calls and contacts. All organisations are in the United States. */
export async function readWorld(sql: Sql, seed: number): Promise<World> {
  const random = seededRandom(seed);
  const [calls, contacts] = [
    await readSample(sql, "public.calls", "phone_number", seed),
    await readSample(sql, "public.contacts", "phone", seed),
  ];
  const busy = new Set<string>();
  return {
    random,
    calls,
    contacts,
    organisations: [...new Set(calls.map(({ orgId }) => orgId))],
    acknowledged: new Acknowledged(),
    alone: async (rows, work) => {
      let row = random.pick(rows);
      while (busy.has(row.id)) row = random.pick(rows);
      busy.add(row.id);
      try {
        return await work(row);
      } finally {
        busy.delete(row.id);
      }
    },
  };
}

async function readSample(sql: Sql, table: string, column: string, seed: number): Promise<readonly KnownRow[]> {
  const [size] = await sql<{ n: number }[]>`select count(*)::integer as n from ${sql(table)}`;
  const percent = Math.min(100, (100 * mostRows) / Math.max(1, size?.n ?? 1));
  const rows = await sql<{ id: string; org: string; phone: string | null }[]>`
    select id, org_id as org, ${sql(column)} as phone
    from ${sql(table)} tablesample bernoulli (${percent}) repeatable (${seed}) order by id`;
  return rows.map(({ id, org, phone }) => ({ id, orgId: org, number: normalisePhone(phone, "US") }));
}
