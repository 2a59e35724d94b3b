import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { type CallResult, callSsot } from "../cli/call-ssot.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

/** A database with the demo's data, and a folder for plans. */
export interface PlanCase {
  readonly database: TestDatabase;
  readonly folder: string;
  /** Runs `ssot` in the folder, on the database unless the arguments name one. */
  ssot(...args: readonly string[]): Promise<CallResult>;
  /** Writes `plan.json` by a dry run with these options. */
  approve(...args: readonly string[]): Promise<void>;
  /** Follows `plan.json`, which has to be refused with exit 6, and nothing changed: the differences. */
  refusal(...args: readonly string[]): Promise<readonly string[]>;
  /** Follows `plan.json`, which has to work. */
  follow(...args: readonly string[]): Promise<CallResult>;
  read(file: string): string;
  write(file: string, text: string): void;
  ledger(): Promise<readonly string[]>;
  end(): Promise<void>;
}

export async function makePlanCase(command: "migrate" | "rollback" = "migrate"): Promise<PlanCase> {
  const database = await createTestDatabase();
  await loadSeedCase(database.sql);
  return planCaseOf(database, command);
}

function planCaseOf(database: TestDatabase, command: "migrate" | "rollback" = "migrate"): PlanCase {
  const folder = mkdtempSync(join(tmpdir(), "ssot-plan-"));
  const ssot = (...args: readonly string[]): Promise<CallResult> => {
    const url = args.includes("--database-url") ? [] : ["--database-url", database.url];
    return callSsot([...args, ...url], { directory: folder });
  };
  const yes = command === "rollback" ? ["--yes"] : [];
  return {
    database,
    folder,
    ssot,
    read: (file) => readFileSync(join(folder, file), "utf8"),
    write: (file, text) => writeFileSync(join(folder, file), text),
    approve: async (...args) => {
      const before = await snapshotDatabase(database.sql);
      const dry = await ssot(command, "--dry-run", "--plan-out", "plan.json", ...args);
      expect([dry.exitCode, dry.stderr]).toEqual([0, ""]);
      expect(await snapshotDatabase(database.sql)).toBe(before);
    },
    refusal: async (...args) => {
      const before = await snapshotDatabase(database.sql);
      const { exitCode, stdout } = await ssot(command, "--plan", "plan.json", "--json", ...yes, ...args);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
      expect([exitCode, error.code, error.message]).toEqual([6, "PLAN_DIFFERS", expect.any(String)]);
      expect(await snapshotDatabase(database.sql)).toBe(before);
      return error.message.split("\n  - ").slice(1);
    },
    follow: async (...args) => {
      const result = await ssot(command, "--plan", "plan.json", ...yes, ...args);
      expect([result.exitCode, result.exitCode === 0 ? "" : result.stderr]).toEqual([0, ""]);
      return result;
    },
    ledger: async () => {
      const rows = await database.sql<{ name: string }[]>`
        select l.name from ssot.ledger as l order by l.name`.catch(() => []);
      return rows.map(({ name }) => name);
    },
    end: async () => {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
