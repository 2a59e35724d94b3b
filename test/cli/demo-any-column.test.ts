import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { callSsot } from "./call-ssot.ts";

test("demo --any-column tells its story at 80 columns, and leaves nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "ssot-here-"));
  vi.stubEnv("TMPDIR", directory);
  try {
    const { exitCode, stdout } = await callSsot(["demo", "--any-column", "--no-color"], { directory, columns: 80 });
    expect(exitCode).toBe(0);
    expect(stdout.match(/^ {2}held /gm)).toHaveLength(9);
    expect(stdout).toContain("HINT: Use users.name through pages.author_id.");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  }
});

test.each(["--keep", "--serve"])("demo --any-column does not go with %s", async (other) => {
  const { exitCode, stderr } = await callSsot(["demo", "--any-column", other]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("cannot be used with")]);
});
