import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { printError } from "../../src/cli/print-error.ts";
import { SsotError } from "../../src/model/errors.ts";
import { evidence } from "../report/evidence.ts";

const run = { applied: ["20260209000000_one"], failed: "20260209000100_two", notRun: ["20260209000200_three"] };
const failure = new SsotError("MIGRATION_FAILED", "it broke", { hint: "ssot migrate", details: run });

async function print(error: unknown, json: boolean): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  await printError(error, { ...process, env: {}, stdout, stderr }, { json, color: false, evidence });
  return { stdout: String(stdout.read() ?? ""), stderr: String(stderr.read()) };
}

test("as JSON an error says which migrations the run applied, which failed, and which were not run", async () => {
  const { stdout } = await print(failure, true);
  const { at, tool, server, target, options, durationMs } = evidence;
  expect(JSON.parse(stdout)).toEqual({
    ...{ command: "verify", at: at.toISOString(), tool, server, target, options, durationMs },
    error: { code: "MIGRATION_FAILED", message: "it broke", hint: "ssot migrate", run },
  });
});

test("an error outside of a run does not speak of one", async () => {
  const { stdout } = await print(new SsotError("USAGE", "no command is named"), true);
  expect(JSON.parse(stdout).error).toEqual({ code: "USAGE", message: "no command is named", hint: null });
});

test("as text an error is its message and its hint", async () => {
  expect(await print(failure, false)).toEqual({
    stdout: "",
    stderr: "error MIGRATION_FAILED: it broke\nhint: ssot migrate\n",
  });
});
