// Events a second of the webhook: node bench/webhook.mjs [CALLS] [CONTACTS], 1,000,000 and 250,000 by default.
//
// Against pgbench, which sends the library's own statement over as many connections: the limit of what any client can do.
// And against the three statements of the mission document, locally and with 1 ms of network in between. Ways take turns
// (A B B A) in one run; a ratio is the median over the rounds' ratios. After each run the tables are asked what happened.
//
//   SSOT_BENCH_DIRECTORY    keeps the database for the next time
//   SSOT_BENCH_ROUNDS       10      SSOT_BENCH_SECONDS  1.4, of each run
//   SSOT_BENCH_CONNECTIONS  1,8,16,32
//   SSOT_BENCH_CASES        known,new,repeat,delay
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { packageRoot } from "../dist/src/model/package-root.js";
import { readCallsSchema } from "../dist/src/webhook/calls-schema.js";
import { recordCall } from "../dist/src/webhook/record-call.js";
import { createVapiWebhook } from "../dist/src/webhook/vapi-webhook.js";
import { openDatabase } from "./webhook/database.mjs";
import { startDelayProxy } from "./webhook/delay-proxy.mjs";
import { cases, eventOf, payloadOf, storedCall, storedCalls } from "./webhook/events.mjs";
import { expectEqual, totals, watchOutcome } from "./webhook/outcome.mjs";
import { pgbenchVersion, runInNode, runPgbench } from "./webhook/run.mjs";
import { recordInThree } from "./webhook/three-statements.mjs";

const calls = Number(process.argv[2] ?? 1_000_000);
const contacts = Number(process.argv[3] ?? calls / 4);
const rounds = Number(process.env.SSOT_BENCH_ROUNDS ?? 10);
const seconds = Number(process.env.SSOT_BENCH_SECONDS ?? 1.4);
const connectionCounts = (process.env.SSOT_BENCH_CONNECTIONS ?? "1,8,16,32").split(",").map(Number);
const wanted = (process.env.SSOT_BENCH_CASES ?? "known,new,repeat,delay").split(",");
const delayMs = 0.5;

const quiet = { info: () => {}, warn: console.warn, error: console.error };
const resolveOrganization = ({ message }) => ({ id: message.call.assistantId, country: "US" });

const pgbench = pgbenchVersion();
if (pgbench === undefined) console.log("pgbench is not on the PATH: there is no limit to compare with");

const database = await openDatabase(calls, contacts);
const { target, postmaster } = database;
const sql = postgres({ ...target, max: 1, onnotice: () => {} });
const proxy = await startDelayProxy(target.host, target.port, delayMs);
const figures = [];
const ratios = [];
let lastPhase = 0;
try {
  const schema = await readCallsSchema(sql);
  await storeCalls();
  const addedDelay = await measureDelay();
  const [{ version }] = await sql`select current_setting('server_version') as version`;
  console.log(
    `${calls} calls, ${contacts} contacts; PostgreSQL ${version}, ${pgbench ?? "no pgbench"}, Node ${process.version};` +
      ` ${rounds} rounds of ${seconds} s; the proxy adds ${addedDelay.least.toFixed(2)} ms to a round trip on an idle processor,` +
      ` ${addedDelay.median.toFixed(2)} ms in the median\n`,
  );
  for (const connections of connectionCounts) {
    for (const group of wanted) await measureGroup(group, connections, schema);
  }
  report({ calls, contacts, rounds, seconds, version, pgbench, node: process.version, addedDelay });
} finally {
  await sql.end();
  await proxy.close();
  await database.close();
}

/** The calls that are going to be repeated. */
async function storeCalls() {
  await sql`create schema if not exists bench`;
  await sql`drop table if exists bench.stored_calls`;
  await sql`create table bench.stored_calls (id uuid primary key)`;
  const pool = postgres({ ...target, max: 8, onnotice: () => {} });
  await sql`delete from public.calls where vapi_call_id like ${storedCall(0).callId.slice(0, 19).concat("%")}`;
  const webhook = createVapiWebhook({ sql: pool, resolveOrganization, authenticate: "none", logger: quiet });
  for (let n = 0; n < storedCalls; n += 500) {
    const told = await Promise.all(
      Array.from({ length: 500 }, (_, more) => webhook.handle(payloadOf(storedCall(n + more + 1)))),
    );
    await sql`insert into bench.stored_calls select id from unnest(${told.map(({ callId }) => callId)}::uuid[]) as s(id)`;
    // What pgbench is going to repeat has to be what recordCall would write.
    if (n === 0) await recordCall(pool, eventOf(storedCall(1)));
  }
  await pool.end();
  await sql`vacuum (analyze) public.calls`;
  await sql`checkpoint`;
}

async function measureDelay() {
  const trip = async (port) => {
    const one = postgres({ ...target, port, max: 1 });
    const times = [];
    for (let n = 0; n < 300; n += 1) {
      const began = performance.now();
      await one`select 1`;
      times.push(performance.now() - began);
    }
    await one.end();
    return times;
  };
  const [far, near] = [await trip(proxy.port), await trip(target.port)];
  // On a busy machine much waits for a processor; a tenth of the trips does not.
  const added = quantile(far, 0.1) - quantile(near, 0.1);
  if (added < 1.8 * delayMs || added > 4 * delayMs) throw new Error(`the proxy adds ${added} ms to a round trip`);
  return { least: added, median: quantile(far, 0.5) - quantile(near, 0.5) };
}

/** All ways of a group in turns, with the ratios that its goals are about. */
async function measureGroup(group, connections, schema) {
  const local = group === "delay" ? undefined : openPool(target.port, connections);
  const far = group === "delay" ? openPool(proxy.port, connections) : undefined;
  const ways = waysOf(group, local ?? far);
  const before = await totals(sql);
  for (const way of ways) {
    // Each connection gets its generic plan with the sixth execution.
    if (way.send !== undefined) await measure(way, connections, 0.4);
  }
  const results = new Map(ways.map((way) => [way, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      results.get(way).push(await measure(way, connections, seconds, schema));
    }
  }
  await (local ?? far).end();
  const after = await totals(sql);
  for (const [way, runs] of results) {
    figures.push(figureOf(group, connections, way, runs));
    console.log(figureLine(figures.at(-1)));
  }
  for (const way of ways) {
    for (const [name, other, goal] of way.against ?? []) {
      const others = results.get(ways.find((one) => one.id === other));
      if (others === undefined) continue;
      const pairs = results.get(way).map(({ rate }, n) => rate / others[n].rate);
      const least = typeof goal === "number" ? goal : goal?.[connections];
      ratios.push({ group, connections, name, median: quantile(pairs, 0.5), goal: least ?? null, pairs });
      console.log(ratioLine(ratios.at(-1)));
    }
  }
  const [updates, hot] = [after.updates - before.updates, after.hot - before.hot];
  if (updates > 0) console.log(`  ${((100 * hot) / updates).toFixed(0)} % of ${updates} updates of calls were HOT`);
  expectEqual(`${group}: calls written in all`, after.calls - before.calls, sumOf(ways, "calls"));
  expectEqual(`${group}: contacts made in all`, after.contacts - before.contacts, sumOf(ways, "contacts"));
}

function openPool(port, connections) {
  return postgres({ ...target, port, max: connections, onnotice: () => {} });
}

function waysOf(group, pool) {
  const webhook = createVapiWebhook({ sql: pool, resolveOrganization, authenticate: "none", logger: quiet });
  const handle = (call) => webhook.handle(payloadOf(call));
  const record = (call) => recordCall(pool, eventOf(call));
  const three = (call) => recordInThree(pool, payloadOf(call));
  const limit = { 1: 0.65, 8: 0.7, 32: 0.7 };
  const way = (kind, name, send, against) => ({
    id: `${kind} ${name}`,
    kind,
    name,
    send,
    against,
    calls: 0,
    contacts: 0,
  });
  if (group === "delay") {
    return ["known", "new"].flatMap((kind) => [
      way(kind, "handle, 1 ms", handle, [
        [`${cases[kind].label}: handle / three statements, 1 ms`, `${kind} three, 1 ms`, kind === "new" ? 2 : 1.5],
      ]),
      way(kind, "three, 1 ms", three),
    ]);
  }
  const kinds = group === "repeat" ? ["identical", "changing"] : [group];
  return kinds.flatMap((kind) => {
    const { label } = cases[kind];
    const toLimit = [`${label}: handle / pgbench`, `${kind} pgbench`, limit];
    const toThree = [`${label}: handle / three statements`, `${kind} three`, kind === "new" ? 1.3 : 0.95];
    const toChanging = ["handle: identical / changing repeat", "changing handle", 2];
    const limitOfChanging = ["pgbench: identical / changing repeat", "changing pgbench", undefined];
    return [
      way(kind, "handle", handle, [toLimit, toThree, ...(kind === "identical" ? [toChanging] : [])]),
      way(kind, "recordCall", record, [[`${label}: recordCall / pgbench`, `${kind} pgbench`, undefined]]),
      ...(pgbench === undefined
        ? []
        : [way(kind, "pgbench", undefined, kind === "identical" ? [limitOfChanging] : [])]),
      ...(cases[kind].repeats ? [] : [way(kind, "three", three)]),
    ];
  });
}

async function measure(way, connections, duration, schema) {
  lastPhase += 1;
  const { kind, send } = way;
  const phase = String(lastPhase).padStart(4, "0");
  // The second half of the stored calls is for changes; each run's are greater than the last one's.
  const offset = kind === "changing" ? storedCalls / 2 + 1 : 1;
  const storedHalf = storedCalls / 2;
  const base = lastPhase * 10_000_000;
  const run = { phase, connections, offset, base };
  const check = await watchOutcome(sql, kind, run);
  const result = await (send === undefined
    ? runPgbench({ ...run, storedHalf, kind, target, schema, postmaster, seconds: duration })
    : runInNode({ ...run, send, kind, postmaster, seconds: duration }));
  await check(result);
  if (!cases[kind].repeats) way.calls += result.events;
  if (kind === "new") way.contacts += result.events;
  return result;
}

function sumOf(ways, what) {
  return ways.reduce((sum, way) => sum + way[what], 0);
}

function figureOf(group, connections, { kind, name }, runs) {
  const latencies = runs.flatMap((run) => run.latencies);
  const middle = (key) =>
    runs[0][key] === null
      ? null
      : quantile(
          runs.map((run) => run[key]),
          0.5,
        );
  return {
    group,
    case: cases[kind].label,
    way: name,
    connections,
    eventsPerSecond: middle("rate"),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    serverMicroseconds: middle("server"),
    clientMicroseconds: middle("client"),
  };
}

function quantile(values, part) {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) throw new Error("nothing was measured");
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

function ratioLine({ connections, name, median, goal, pairs }) {
  const range = `${Math.min(...pairs).toFixed(2)}–${Math.max(...pairs).toFixed(2)}`;
  const verdict = goal === null ? "" : `goal ${goal} ${median >= goal ? "met" : "MISSED"}`;
  return `${String(connections).padStart(2)}  ${name.padEnd(60)} ${median.toFixed(2).padStart(6)}  (${range})  ${verdict}`;
}

function figureLine({ connections, way, eventsPerSecond, p50Ms, p99Ms, ...figure }) {
  const cells = [
    [eventsPerSecond.toFixed(0), 7],
    [p50Ms.toFixed(2), 7],
    [p99Ms.toFixed(2), 7],
    [figure.serverMicroseconds?.toFixed(0) ?? "–", 6],
    [figure.clientMicroseconds?.toFixed(0) ?? "–", 6],
  ].map(([cell, width]) => cell.padStart(width));
  return `${String(connections).padStart(2)}  ${figure.case.padEnd(24)} ${way.padEnd(14)} ${cells.join(" ")}`;
}

function report(environment) {
  console.log("\nconnections, case, way: events/s, p50 and p99 in ms, server and client CPU in µs an event");
  for (const figure of figures) console.log(figureLine(figure));
  console.log("\nmedian of the rounds' ratios (least–greatest)");
  for (const ratio of ratios) console.log(ratioLine(ratio));
  const directory = join(packageRoot(), "bench/results");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "webhook.json"), `${JSON.stringify({ environment, figures, ratios }, null, 2)}\n`);
}
