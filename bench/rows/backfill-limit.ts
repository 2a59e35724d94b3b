import { expectEqual, linksOf } from "../backfill/links-of.ts";
import { runBackfill } from "../backfill/run-backfill.ts";
import type { BenchRow, Result } from "../row.ts";
import { generated, onClone } from "../support/databases.ts";
import { collectTurns, least, timed } from "../support/measure.ts";
import type { BenchServer } from "../support/server.ts";

// The links as a set, as stored: generated data without dirt has no loose spelling. Same settings as a migration's session.
const lookUpIndex = "create index idx_contacts_org_phone on public.contacts using btree (org_id, phone) include (id)";
const setBasedUpdate = `
  update public.calls as c set contact_id = k.id
  from (
    select distinct on (org_id, phone) org_id, phone, id from public.contacts order by org_id, phone, created_at, id
  ) as k
  where c.contact_id is null and k.org_id = c.org_id
    and k.phone = case when c.call_direction = 'outbound' or btrim(c.phone_number) <> '' then c.phone_number else c.from_number end`;
const linkIndex = "create index idx_calls_contact_id on public.calls using btree (contact_id)";

async function runLimit(server: BenchServer, database: string): Promise<{ ms: number; linkMs: number }> {
  const sql = server.open(database);
  await sql`set work_mem = '64MB'`;
  let linkMs = 0;
  const [ms] = await timed(() =>
    sql.begin(async (transaction) => {
      await transaction.unsafe(lookUpIndex);
      [linkMs] = await timed(() => transaction.unsafe(setBasedUpdate));
      await transaction.unsafe(linkIndex);
    }),
  );
  await sql.end();
  return { ms, linkMs };
}

/** Both ways begin without an index for it and end with the same two. */
export const backfillLimit: BenchRow = {
  id: "backfill-limit",
  measures: "migration 1 on M, whole, with journal",
  against: "one UPDATE ... FROM with the same two indexes in one transaction, no journal (the limit)",
  run: async (context): Promise<readonly Result[]> => {
    const server = await context.server();
    const source = await generated(server, context.size, false);
    const found = { ours: "", theirs: "" };
    const turns = await collectTurns(
      {
        ours: () =>
          onClone(server, source, async (database) => {
            const { ms, linkMs } = await runBackfill(server, database);
            found.ours = await linksOf(server, database);
            return { ms, linkMs };
          }),
        theirs: () =>
          onClone(server, source, async (database) => {
            const taken = await runLimit(server, database);
            found.theirs = await linksOf(server, database);
            return taken;
          }),
      },
      context.rounds ?? 3,
    );
    expectEqual("calls", found.ours, found.theirs);
    const whole = { ours: least(turns.ours.map(({ ms }) => ms)), theirs: least(turns.theirs.map(({ ms }) => ms)) };
    const link = {
      ours: least(turns.ours.map(({ linkMs }) => linkMs)),
      theirs: least(turns.theirs.map(({ linkMs }) => linkMs)),
    };
    return [
      { what: "migration 1 / limit", value: whole.ours / whole.theirs, unit: "x", goal: { atMost: 1 } },
      { what: "migration 1", value: whole.ours / 1000, unit: "s" },
      { what: "UPDATE ... FROM and both indexes", value: whole.theirs / 1000, unit: "s" },
      { what: "the step link_calls / the UPDATE alone", value: link.ours / link.theirs, unit: "x" },
      { what: "the step link_calls", value: link.ours / 1000, unit: "s" },
      { what: "the UPDATE alone", value: link.theirs / 1000, unit: "s" },
    ];
  },
};
