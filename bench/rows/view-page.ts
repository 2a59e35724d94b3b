import { listCalls } from "../../src/dashboard/list-calls.ts";
import { forEachReader, type Reader } from "../dashboard/database.ts";
import type { BenchRow, Result } from "../row.ts";
import { median, takeTurns } from "../support/measure.ts";

async function plainPage({ sql, orgId }: Reader): Promise<void> {
  await sql`
    select id, contact_id, call_direction, phone_number, created_at from public.calls
    where org_id = ${orgId} order by created_at desc, id limit 50`;
  await sql`select count(*) as total from public.calls where org_id = ${orgId}`;
}

export const viewPage: BenchRow = {
  id: "view-page",
  measures: "page 1 of an organisation with its exact count, on M",
  against: "the same page from calls, without names",
  run: async (context) => {
    const results: Result[] = [];
    await forEachReader(context, async (reader) => {
      const { who, sql, orgId } = reader;
      const ways = { ours: () => listCalls(sql, { orgId }), plain: () => plainPage(reader) };
      await takeTurns(ways, 5);
      const times = await takeTurns(ways, context.rounds ?? 25);
      const [ours, plain] = [median(times.ours), median(times.plain)];
      results.push({ what: `${who}: page / plain page`, value: ours / plain, unit: "x", goal: { atMost: 1.3 } });
      // A tenth of the 400 ms that the mission document allows.
      results.push({ what: `${who}: page, p50`, value: ours, unit: "ms", goal: { atMost: 40 } });
    });
    return results;
  },
};
