import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { drawSome } from "../support/draw.ts";
import { makeRehearseCase, type RehearseCase } from "./rehearse-case.ts";

let rehearsal: RehearseCase;
beforeEach(async () => {
  rehearsal = await makeRehearseCase(({ sql }) => loadSeedCase(sql));
});
afterEach(() => rehearsal.end());

const moments = [
  "now     looking at copy and target",
  "now     keeping what the copy is",
  "now     migrate\n",
  "  20260209000200_validate_contact_names",
  "now     verifying",
  "now     rollback\n",
  "now     comparing",
  "now     migrate again",
  "now     drop",
  "now     rollback of the drop",
];

/** Starts the command, and kills it when it has said this for the last time that is asked for. */
async function killAt(moment: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(packageRoot(), "bin", "ssot.js"), "rehearse", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, DATABASE_URL: "" },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.includes(moment)) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "exit");
  expect([said.includes(moment), signal]).toEqual([true, "SIGKILL"]);
}

test.each(drawSome("rehearsals killed", moments, String, 4))(
  "killed at '%s' it leaves the target as it was, and goes on by the same command",
  async (moment) => {
    const { copy, target, snapshotOf } = rehearsal;
    const before = await snapshotOf(target);
    const args = ["--on", copy.url, "--for", target.url, "--phase", "3", "--write-load", "20"];
    await killAt(moment, args);
    expect(await snapshotOf(target)).toBe(before);
    const { exitCode, report } = await rehearsal.rehearse("--phase", "3", "--write-load", "20");
    expect([exitCode, report.equal, report.differences]).toEqual([0, true, []]);
    expect(report.compared.map(({ stage }) => stage).slice(-2)).toEqual(["migrate", "drop"]);
    expect(await snapshotOf(target)).toBe(before);
    const [left] = await copy.sql`
      select count(*)::int as calls, to_regnamespace('ssot_rehearsal') is not null as traces
      from public.calls where vapi_call_id like 'ssot-rehearsal-%'`;
    expect(left).toEqual({ calls: 0, traces: false });
  },
);

test("interrupted it says so, and goes on by the same command", async () => {
  let stop = (): void => {};
  const { exitCode, stderr } = await callSsot(["rehearse", "--on", rehearsal.copy.url, "--for", rehearsal.target.url], {
    onStart: (interrupt) => {
      stop = () => interrupt("SIGINT");
    },
    onStderr: (text) => {
      if (text.includes("20260209000200")) stop();
    },
  });
  expect([exitCode, stderr.replace(/\s+/g, " ")]).toEqual([130, expect.stringContaining("begins anew")]);
  const again = await rehearsal.rehearse();
  expect([again.exitCode, again.report.wentOn, again.report.equal]).toEqual([0, true, true]);
});

test("a copy that somebody writes to meanwhile ends the rehearsal, which goes on when it is asked again", async () => {
  const { sql } = rehearsal.copy;
  let writing: Promise<unknown> | undefined;
  const { exitCode, stderr } = await callSsot(["rehearse", "--on", rehearsal.copy.url, "--for", rehearsal.target.url], {
    onStderr: (text) => {
      if (!text.includes("verifying")) return;
      // Long enough to be seen, and over before anything waits for it.
      writing ??= sql.begin(async (tx) => {
        await tx`create table public.left_by_somebody (n integer)`;
        await tx`select pg_sleep(0.5)`;
      });
    },
  });
  await writing;
  expect([exitCode, stderr.replace(/\s+/g, " ")]).toEqual([
    3,
    expect.stringContaining("somebody else writes to the copy"),
  ]);
  const again = await rehearsal.rehearse();
  expect(again.report).toMatchObject({ wentOn: true, ok: false });
  expect(again.report.differences).toContainEqual(
    expect.objectContaining({ kind: "table", name: "public.left_by_somebody", change: "new" }),
  );
});
