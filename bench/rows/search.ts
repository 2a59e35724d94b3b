import { listCalls } from "../../src/dashboard/list-calls.ts";
import { forEachReader, type Reader } from "../dashboard/database.ts";
import { drawTerms } from "../dashboard/terms.ts";
import type { BenchRow, Result } from "../row.ts";
import { median, quantile, timed } from "../support/measure.ts";

interface Found {
  readonly ids: readonly string[];
  readonly total: number;
}

async function plainSearch({ sql, orgId }: Reader, term: string): Promise<Found> {
  const pattern = `%${term.replace(/[\\%_]/g, "\\$&")}%`;
  const page = await sql<{ id: string }[]>`
    select id, contact_id, call_direction, phone_number, resolved_caller_name, name_source, created_at
    from public.calls_with_caller_names
    where org_id = ${orgId} and (phone_number ilike ${pattern} or resolved_caller_name ilike ${pattern})
    order by created_at desc, id limit 50`;
  const [row] = await sql<{ total: string }[]>`
    select count(*) as total from public.calls_with_caller_names
    where org_id = ${orgId} and (phone_number ilike ${pattern} or resolved_caller_name ilike ${pattern})`;
  return { ids: page.map(({ id }) => id), total: Number(row?.total) };
}

/** Times of both ways over terms of one length. Both have to find the same. */
async function compare(reader: Reader, length: number, draws: number): Promise<{ ours: number[]; plain: number[] }> {
  const times = { ours: [] as number[], plain: [] as number[] };
  for (const term of await drawTerms(reader, length, draws)) {
    const library = () => listCalls(reader.sql, { orgId: reader.orgId, search: term });
    // Once each for the cache, and for the look whether the search is installed.
    await library();
    if (length < 3) await plainSearch(reader, term);
    const [plainMs, plain] = await timed(() => plainSearch(reader, term));
    const [oursMs, ours] = await timed(library);
    const ids = ours.calls.map(({ id }) => id);
    if (plain.total !== ours.total || plain.ids.join() !== ids.join())
      throw new Error(`the answers differ for a term of ${length} characters`);
    times.plain.push(plainMs);
    times.ours.push(oursMs);
  }
  return times;
}

export const search: BenchRow = {
  id: "search",
  measures: "the dashboard's search for a part of a name or number, on M",
  against: "plain ILIKE on the view, as owner and as a tenant under row level security",
  run: async (context) => {
    const results: Result[] = [];
    await forEachReader(context, async (reader) => {
      const { who } = reader;
      const draws = context.rounds ?? 4;
      const indexed = { ours: [] as number[], plain: [] as number[] };
      for (const length of [3, 5, 8]) {
        const { ours, plain } = await compare(reader, length, draws);
        indexed.ours.push(...ours);
        indexed.plain.push(...plain);
        context.say(
          `${who}, ${length} characters: p50 ${median(ours).toFixed(2)} ms, plain ${median(plain).toFixed(0)} ms`,
        );
      }
      const short = await compare(reader, 2, draws);
      const faster = median(indexed.plain) / median(indexed.ours);
      results.push(
        { what: `${who}: 3 characters and more, times faster`, value: faster, unit: "x", goal: { atLeast: 50 } },
        { what: `${who}: the same, p50`, value: median(indexed.ours), unit: "ms", goal: { atMost: 15 } },
        { what: `${who}: the same, p95`, value: quantile(indexed.ours, 0.95), unit: "ms" },
        {
          what: `${who}: 2 characters / plain`,
          value: median(short.ours) / median(short.plain),
          unit: "x",
          goal: { atMost: 1.2 },
        },
      );
    });
    return results;
  },
};
