import { expectEqual, linksOf } from "../backfill/links-of.ts";
import { runBackfill } from "../backfill/run-backfill.ts";
import type { BenchContext, BenchRow, Result, Size } from "../row.ts";
import { generated, onClone, small, times } from "../support/databases.ts";
import { collectTurns, least, timed } from "../support/measure.ts";

// The mission document's first migration, as written.
const correlatedUpdate = `
  update calls
  set contact_id = (
    select id from contacts
    where contacts.org_id = calls.org_id
      and contacts.phone = calls.phone_number
    limit 1
  )
  where call_direction = 'inbound'
    and contact_id is null
    and phone_number is not null;
  create index idx_calls_contact_id on calls (contact_id);
  create index idx_contacts_org_phone on contacts (org_id, phone);`;

// The same rows with values that lie ready: what any way has to write.
const linkTable = `
  create table public.bench_link as
  select c.id, k.id as contact_id
  from public.calls as c join public.contacts as k on k.org_id = c.org_id
   and k.phone = case when c.call_direction = 'outbound' or btrim(c.phone_number) <> '' then c.phone_number else c.from_number end
  where c.contact_id is null;
  analyze public.bench_link`;
const plainUpdate =
  "update public.calls as c set contact_id = l.contact_id from public.bench_link as l where l.id = c.id";

/** The least time of each way, in ms. Inbound links have to be the same; ours links outbound calls, too. */
async function compare(
  context: BenchContext,
  size: Size,
  rounds: number,
): Promise<{ ours: number; theirs: number; plain: number }> {
  const server = await context.server();
  const source = await generated(server, size, false);
  const found = { ours: "", theirs: "" };
  const turns = await collectTurns(
    {
      ours: () =>
        onClone(server, source, async (database) => {
          const { ms } = await runBackfill(server, database);
          found.ours = await linksOf(server, database, "inbound");
          return ms;
        }),
      theirs: () =>
        onClone(server, source, async (database) => {
          const sql = server.open(database);
          const [ms] = await timed(() => sql.unsafe(correlatedUpdate));
          await sql.end();
          found.theirs = await linksOf(server, database, "inbound");
          return ms;
        }),
      plain: () =>
        onClone(server, source, async (database) => {
          const sql = server.open(database);
          await sql.unsafe(linkTable);
          const [ms] = await timed(() => sql.unsafe(plainUpdate));
          await sql.end();
          return ms;
        }),
    },
    rounds,
  );
  expectEqual("inbound calls", found.ours, found.theirs);
  return { ours: least(turns.ours), theirs: least(turns.theirs), plain: least(turns.plain) };
}

/** The document's statement is quadratic: at twice the size it takes four times as long, so it runs there once only. */
export const backfillSeed: BenchRow = {
  id: "backfill-seed",
  measures: "migration 1 on S, 40,000 calls",
  against: "one plain UPDATE of the same rows (the limit); the mission document's correlated UPDATE, without index",
  run: async (context): Promise<readonly Result[]> => {
    const once = await compare(context, small, context.rounds ?? 3);
    const twice = await compare(context, times(small, 2), 1);
    return [
      { what: "S: one plain UPDATE / migration 1", value: once.plain / once.ours, unit: "x", goal: { atLeast: 0.9 } },
      { what: "S: times faster than the correlated UPDATE", value: once.theirs / once.ours, unit: "x" },
      { what: "S: migration 1", value: once.ours, unit: "ms" },
      { what: "S: one plain UPDATE of the same rows", value: once.plain, unit: "ms" },
      { what: "S: correlated UPDATE and indexes", value: once.theirs, unit: "ms" },
      { what: "2 S: times faster than the correlated UPDATE", value: twice.theirs / twice.ours, unit: "x" },
      { what: "2 S: migration 1", value: twice.ours, unit: "ms" },
      { what: "2 S: correlated UPDATE and indexes", value: twice.theirs, unit: "ms" },
    ];
  },
};
