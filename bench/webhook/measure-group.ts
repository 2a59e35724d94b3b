import type { Result } from "../row.ts";
import { collectTurns, median, quantile } from "../support/measure.ts";
import { cases, type Kind, storedCalls } from "./cases.ts";
import { expectEqual, totals, watchOutcome } from "./outcome.ts";
import { compareWays } from "./ratios.ts";
import type { Rig } from "./rig.ts";
import { runInNode } from "./run-in-node.ts";
import { runPgbench } from "./run-pgbench.ts";
import { type Group, type Measured, type Way, waysOf } from "./ways.ts";

const secondsOfRun = 1.4;
// The server has fewer processors than that anywhere it is measured: more connections would only slow pgbench down.
const mostOfPgbench = 16;

export interface GroupOptions {
  readonly connections: number;
  readonly rounds: number;
  readonly withPgbench: boolean;
}

/** Which run it is: its calls have ids of their own, and its changes are greater than the last run's. */
const count = { runs: 0 };

/** All ways of a group in turns, with the ratios that goals are about; the tables are asked what really happened. */
export async function measureGroup(rig: Rig, group: Group, options: GroupOptions): Promise<readonly Result[]> {
  const { connections, rounds, withPgbench } = options;
  const pool = rig.openPool(connections, group === "delay");
  const ways = waysOf(group, pool, withPgbench);
  const sent = { calls: 0, contacts: 0 };
  const measure = async (way: Way, seconds: number): Promise<Measured> => {
    const measured = await runOnce(rig, way, connections, seconds);
    if (!cases[way.kind].repeats) sent.calls += measured.events;
    if (way.kind === "new") sent.contacts += measured.events;
    return measured;
  };
  const before = await totals(rig.sql);
  // Each connection gets its generic plan with the sixth execution; pgbench warms itself.
  for (const way of ways) if (way.send !== undefined) await measure(way, 0.4);
  const turns = await collectTurns(
    Object.fromEntries(ways.map((way) => [`${way.kind} ${way.name}`, () => measure(way, secondsOfRun)])),
    rounds,
  );
  await pool.end();
  const after = await totals(rig.sql);
  expectEqual(`${group}: calls written in all`, after.calls - before.calls, sent.calls);
  expectEqual(`${group}: contacts made in all`, after.contacts - before.contacts, sent.contacts);
  if (after.updates > before.updates) {
    const hot = (100 * (after.hot - before.hot)) / (after.updates - before.updates);
    rig.say(`${connections} connections, ${group}: ${hot.toFixed(0)} % of the updates of calls were HOT`);
  }
  const runsOf = (kind: Kind, name: Way["name"]): readonly Measured[] | undefined => turns[`${kind} ${name}`];
  return [
    ...compareWays(group, connections, runsOf, withPgbench),
    ...ways.flatMap((way) => describe(group, way, connections, runsOf(way.kind, way.name) ?? [])),
  ];
}

async function runOnce(rig: Rig, { kind, name, send }: Way, connections: number, seconds: number): Promise<Measured> {
  count.runs += 1;
  const run = {
    phase: String(count.runs).padStart(4, "0"),
    connections: name === "pgbench" ? Math.min(connections, mostOfPgbench) : connections,
    // The second half of the stored calls is for changes.
    offset: kind === "changing" ? storedCalls / 2 + 1 : 1,
    base: count.runs * 10_000_000,
  };
  const { postmaster } = rig.server;
  const check = await watchOutcome(rig.sql, kind, run);
  const measured =
    send === undefined
      ? await runPgbench(kind, run, {
          target: rig.server.target(rig.database),
          schema: rig.schema,
          postmaster,
          seconds,
        })
      : await runInNode(send, kind, run, { postmaster, seconds });
  await check(measured);
  return measured;
}

function describe(group: Group, way: Way, connections: number, runs: readonly Measured[]): readonly Result[] {
  const what = `${connections}: ${cases[way.kind].label}, ${way.name}${group === "delay" ? ", 1 ms" : ""}`;
  const latencies = runs.flatMap((run) => run.latencies);
  const cpu = (side: "server" | "client"): Result[] => {
    const known = runs.map((run) => run[side]).filter((value) => value !== null);
    return known.length === 0
      ? []
      : [{ what: `${what}: ${side} processor an event`, value: median(known), unit: "us" }];
  };
  return [
    { what: `${what}: events`, value: median(runs.map(({ rate }) => rate)), unit: "1/s" },
    { what: `${what}: p99`, value: quantile(latencies, 0.99), unit: "ms" },
    ...cpu("server"),
    ...cpu("client"),
  ];
}
