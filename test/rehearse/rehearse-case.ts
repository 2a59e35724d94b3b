import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RehearseReport } from "../../src/core/rehearse/report.ts";
import { type CallResult, callSsot } from "../cli/call-ssot.ts";
import { cloneDatabase, createTestDatabase, type TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

/** A target, a copy of it, and a folder. */
export interface RehearseCase {
  readonly target: TestDatabase;
  readonly copy: TestDatabase;
  readonly folder: string;
  /** Rehearses on the copy for the target, with JSON. */
  rehearse(...args: readonly string[]): Promise<Rehearsed>;
  /** A file of the project's own, which comes after those of the pack. */
  tell(name: string, up: string, down: string): void;
  snapshotOf(database: TestDatabase): Promise<string>;
  end(): Promise<void>;
}

interface Rehearsed extends CallResult {
  readonly report: RehearseReport;
}

/** Fills the target, and copies it inside the server. */
export async function makeRehearseCase(
  fill: (database: TestDatabase) => Promise<void>,
  options: { readonly template?: "base" | "empty" } = {},
): Promise<RehearseCase> {
  const source = await createTestDatabase(options);
  await fill(source);
  const { name } = source;
  await source.sql.end({ timeout: 1 });
  const copy = await cloneDatabase(name, `${name}_${randomBytes(3).toString("hex")}`);
  const target = await cloneDatabase(name, `${name}_t`);
  const folder = mkdtempSync(join(tmpdir(), "ssot-rehearse-"));
  let own = false;
  return {
    target,
    copy,
    folder,
    rehearse: async (...args) => {
      const story = own ? ["--config", join(folder, "ssot.config.json")] : [];
      const called = await callSsot(["rehearse", "--json", "--on", copy.url, "--for", target.url, ...story, ...args], {
        directory: folder,
      });
      return { ...called, report: JSON.parse(called.stdout) };
    },
    tell: (file, up, down) => {
      own = true;
      writeFileSync(join(folder, "ssot.config.json"), '{ "packs": ["unknown-caller"], "migrations": "story" }');
      mkdirSync(join(folder, "story"), { recursive: true });
      writeFileSync(join(folder, "story", `${file}.sql`), storyText(file, up, down));
    },
    snapshotOf: (database) => snapshotDatabase(database.sql),
    end: async () => {
      rmSync(folder, { recursive: true });
      await target.drop();
      await copy.drop();
      await source.drop();
    },
  };
}

const storyText = (name: string, up: string, down: string): string => `-- Phase: 1
\\set migration ${name}

-- Up Migration
\\if :{?down}
\\else
-- step: change
-- lock: ACCESS EXCLUSIVE on some table
-- blocks: everybody
begin;
${up};
commit;

-- step: record
-- role: record
insert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;
\\endif

-- Down Migration
\\if :{?down}
-- step: change_back
-- lock: ACCESS EXCLUSIVE on some table
-- blocks: everybody
begin;
${down};
commit;

-- step: forget
-- role: record
delete from ssot.ledger where name = :'migration';
\\endif
`;
