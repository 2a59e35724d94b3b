import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Signal } from "../../src/cli/run.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { callSsot } from "../cli/call-ssot.ts";
import type { TestDatabase } from "../support/database.ts";
import { appliedIn, callFleet, createFleet, type FleetCase, kindsOf } from "./fleet-case.ts";

let fleet: FleetCase;
let release: () => Promise<void>;

// Whoever writes to calls keeps migration 4 waiting: in the last two targets.
beforeEach(async () => {
  fleet = await createFleet(["acme", "globex", "initech", "umbrella"]);
  const ends: (() => Promise<void>)[] = [];
  for (const name of ["initech", "umbrella"]) {
    const session = await of(name).sql.reserve();
    await session`begin`;
    await session`lock table public.calls in row exclusive mode`;
    ends.push(async () => {
      await session`commit`;
      session.release();
    });
  }
  release = async () => {
    for (const end of ends.splice(0)) await end();
  };
});

afterEach(async () => {
  await release();
  await fleet.drop();
});

test("a fleet that is killed takes its processes along; each target's own next run finishes, and the next fleet does the rest", async () => {
  const args = ["fleet", "migrate", "--targets", fleet.list(), "--parallel", "2"];
  const child = spawn(process.execPath, [join(packageRoot(), "bin", "ssot.js"), ...args], { stdio: "ignore" });
  await untilTrue(async () => (await isWaiting("initech")) && (await isWaiting("umbrella")));
  const workers = childrenOf(child.pid);
  expect(workers).toHaveLength(2);
  child.kill("SIGKILL");
  await untilTrue(async () => workers.every((pid) => !isAlive(pid)));
  for (const name of ["acme", "globex"]) expect(await appliedIn(of(name))).toBe(4);
  for (const name of ["initech", "umbrella"]) expect(await appliedIn(of(name))).toBeLessThan(4);
  await release();
  const own = await callSsot(["migrate", "--database-url", of("initech").url]);
  expect(own.exitCode).toBe(0);
  expect(await appliedIn(of("initech"))).toBe(4);
  const { exitCode, report } = await callFleet(["migrate", "--targets", fleet.list()]);
  expect(exitCode).toBe(0);
  expect(kindsOf(report)).toEqual({ targets: 4, "nothing-to-do": 3, done: 1 });
  const verified = await callFleet(["verify", "schema", "integrity", "--targets", fleet.list()]);
  expect(kindsOf(verified.report)).toEqual({ targets: 4, done: 4 });
});

test("an interrupt ends what is at work at a safe point, and names what was not begun", async () => {
  let interrupt: (signal: Signal) => void = () => {};
  const running = callFleet(["migrate", "--targets", fleet.list(), "--parallel", "1"], {
    onStart: (send) => {
      interrupt = send;
    },
  });
  await untilTrue(() => isWaiting("initech"));
  interrupt("SIGINT");
  const { exitCode, report, of: outcome } = await running;
  expect({ exitCode, stopped: report.stopped }).toEqual({ exitCode: 130, stopped: "interrupt" });
  expect(kindsOf(report)).toEqual({ targets: 4, done: 2, interrupted: 1, "not-begun": 1 });
  expect(outcome("initech")).toMatchObject({ exit: 130, report: { error: { code: "INTERRUPTED" } } });
  expect(outcome("umbrella")).toMatchObject({ state: "not-begun", exit: null, report: null });
  expect(await appliedIn(of("umbrella"))).toBe(0);
  await release();
  const again = await callFleet(["migrate", "--targets", fleet.list()]);
  expect(kindsOf(again.report)).toEqual({ targets: 4, "nothing-to-do": 2, done: 2 });
});

test("a process that dies over its target costs that one alone", async () => {
  const running = callFleet(["migrate", "--targets", fleet.list(), "--parallel", "1"]);
  await untilTrue(() => isWaiting("initech"));
  const [worker] = childrenOf(process.pid).filter((pid) => commandOf(pid).includes("fleet-worker.js"));
  process.kill(worker ?? 0, "SIGKILL");
  await untilTrue(() => isWaiting("umbrella"));
  await release();
  const { exitCode, report, of: outcome } = await running;
  expect(exitCode).toBe(70);
  expect(kindsOf(report)).toEqual({ targets: 4, done: 3, bug: 1 });
  expect(outcome("initech")?.report).toMatchObject({
    error: { code: "BUG", message: expect.stringContaining("SIGKILL") },
  });
  const again = await callFleet(["migrate", "--targets", fleet.list()]);
  expect(kindsOf(again.report)).toEqual({ targets: 4, "nothing-to-do": 3, done: 1 });
});

test("two fleets at once exclude each other a target at a time", async () => {
  await release();
  const both = await Promise.all(
    [1, 2].map(() => callFleet(["migrate", "--targets", fleet.list(), "--parallel", "2"])),
  );
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  for (const name of fleet.databases.keys()) {
    const applied = both.map(({ of: outcome }) =>
      JSON.stringify(outcome(name)?.report).includes('"name":"20260209000400'),
    );
    expect([name, ...applied.toSorted()]).toEqual([name, false, true]);
    expect(await appliedIn(of(name))).toBe(4);
  }
});

async function isWaiting(name: string): Promise<boolean> {
  const rows = await of(name).sql`
    select from pg_catalog.pg_locks as l join pg_catalog.pg_stat_activity as a on a.pid = l.pid
    where not l.granted and a.application_name = 'ssot' and a.datname = current_database()`;
  return rows.length > 0;
}

function processes(): readonly (readonly [pid: number, parent: number, command: string])[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [[Number(pid), Number(parent), command] as const];
  });
}

function childrenOf(wanted: number | undefined): readonly number[] {
  return processes().flatMap(([pid, parent, command]) =>
    parent === wanted && command.includes("fleet-worker") ? [pid] : [],
  );
}

function commandOf(wanted: number): string {
  return processes().find(([pid]) => pid === wanted)?.[2] ?? "";
}

function isAlive(wanted: number): boolean {
  return processes().some(([pid, , command]) => pid === wanted && command.includes("fleet-worker"));
}

async function untilTrue(check: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    if (await check()) return;
    await sleep(50);
  }
  throw new Error("it did not become true");
}

function of(name: string): TestDatabase {
  const database = fleet.databases.get(name);
  if (database === undefined) throw new Error(`there is no database ${name}`);
  return database;
}
