// What a run has really done, asked of the tables: a bench that measured something else must not give figures.
import type { Sql } from "postgres";
import { type Kind, type Run, storedCalls } from "./cases.ts";
import type { Measured } from "./ways.ts";

/** Marks the state before a run; gives a function that compares, and throws where the tables say something else. */
export async function watchOutcome(
  sql: Sql,
  kind: Kind,
  { phase, connections, offset }: Run,
): Promise<(measured: Measured) => Promise<void>> {
  const before = kind === "identical" || kind === "changing" ? await versions(sql) : undefined;
  const [clock] = await sql<{ now: string }[]>`select clock_timestamp()::text as now`;
  const since = clock?.now ?? "";
  return async ({ events, counts, created }) => {
    if (events === 0) throw new Error("nothing was sent");
    if (before !== undefined) {
      const after = await versions(sql);
      const written = [...after].filter(([id, version]) => before.get(id) !== version).length;
      const share = Math.floor(storedCalls / 2 / connections);
      const expected = kind === "identical" ? 0 : counts.reduce((sum, count) => sum + Math.min(count, share), 0);
      expectEqual(`${kind}: rows written from call ${offset} on`, written, expected);
      if (created !== undefined) expectEqual(`${kind}: contacts said to be created`, created, 0);
      return;
    }
    // By the ids of this run: a call's time is its own, not that of the insert.
    const [row] = await sql<{ calls: number; numbers: number; contacts: number; made: number; linked: number }[]>`
      select count(*)::integer as calls, count(distinct (c.org_id, c.phone_number))::integer as numbers,
             count(distinct k.id)::integer as contacts,
             (count(distinct k.id) filter (where k.created_at >= ${since}::text::timestamptz))::integer as made,
             (count(*) filter (where k.org_id = c.org_id and k.phone = c.phone_number))::integer as linked
      from public.calls as c left join public.contacts as k on k.id = c.contact_id
      where c.vapi_call_id like ${`0199a7c2-5b1e-${phase}-%`}`;
    if (row === undefined) throw new Error("the tables told nothing");
    expectEqual(`${kind}: calls`, row.calls, events);
    expectEqual(`${kind}: calls linked to the contact of their number`, row.linked, events);
    expectEqual(`${kind}: contacts`, row.contacts, row.numbers);
    expectEqual(`${kind}: contacts made`, row.made, kind === "new" ? row.numbers : 0);
    if (created !== undefined) expectEqual(`${kind}: contacts said to be created`, created, row.made);
  };
}

/** How many calls and contacts there are, and how many updates calls has seen, HOT ones apart. */
export async function totals(
  sql: Sql,
): Promise<{ readonly calls: number; readonly contacts: number; readonly updates: number; readonly hot: number }> {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql<{ calls: number; contacts: number; updates: number; hot: number }[]>`
    select (select count(*)::integer from public.calls) as calls, (select count(*)::integer from public.contacts) as contacts,
           n_tup_upd::integer as updates, n_tup_hot_upd::integer as hot
    from pg_stat_user_tables where relid = 'public.calls'::regclass`;
  if (row === undefined) throw new Error("the tables told nothing");
  return row;
}

export function expectEqual(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${expected} expected, the tables say ${found}`);
}

async function versions(sql: Sql): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ id: string; version: string }[]>`
    select c.id, c.ctid::text || ' ' || c.xmin::text as version
    from public.calls as c join bench.stored_calls as s on s.id = c.id`;
  if (rows.length !== storedCalls) throw new Error(`${storedCalls} stored calls expected, ${rows.length} found`);
  return new Map(rows.map(({ id, version }) => [id, version]));
}
