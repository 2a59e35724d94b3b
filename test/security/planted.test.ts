import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import { plainFiles, routes } from "../export/routes.ts";
import { errorOf } from "../faults/refusal.ts";
import { attack } from "../support/attacks.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { type Cast, makeCast } from "./cast.ts";
import { bait, loose, type Planted, plantedBefore, plantedLater } from "./planted.ts";

let cast: Cast;

async function plant(things: readonly Planted[]): Promise<void> {
  const { sql, migrator, partner, owner } = cast;
  const rooms = [migrator].map(
    (role) => `create schema ${role} authorization ${partner}; grant usage on schema ${role} to public;`,
  );
  await sql.unsafe(`set role ${partner}; ${bait}; set role ${owner}; ${loose}; reset role; ${rooms.join(" ")}`);
  for (const { sql: text, byOwner } of things) {
    await sql.unsafe(`set role ${partner}; ${text.replaceAll("{runner}", migrator)}; reset role`);
    if (byOwner !== undefined) await sql.unsafe(byOwner);
  }
  // Each contact is referenced in each of its tables, so that a merge would reach all of them.
  await sql.unsafe(`
    do $$ declare t regclass; begin
      for t in select distinct k.conrelid from pg_catalog.pg_constraint as k
               where k.contype = 'f' and k.confrelid = 'public.contacts'::regclass and k.connamespace = 'theirs'::regnamespace loop
        execute format('grant select, update on %s to ${migrator}', t);
      end loop;
    end $$;
    alter sequence theirs.bitten restart`);
}

type Trust = { readonly trustRoles: readonly string[] };

/** How a command tells what it was told of, as a role. */
const ways: Readonly<
  Record<string, (url: string, trust: Trust) => Promise<{ readonly exit: number; readonly text: string }>>
> = {
  doctor: async (url, trust) => {
    const { ok, checks } = await doctor({ target: targetOf(url), ...trust });
    return { exit: ok ? 0 : 3, text: checks.map(({ detail }) => detail).join("\n") };
  },
  "migrate --dry-run": async (url, trust) => {
    const { obstacles } = await plan(migrateOptions(url, trust));
    return { exit: obstacles.length === 0 ? 0 : 3, text: obstacles.map(({ what }) => what).join("\n") };
  },
  migrate: (url, trust) => refused(migrate(migrateOptions(url, trust))),
  rollback: (url, trust) => refused(rollback(rollbackOptions(url, trust))),
};

async function refused(work: Promise<unknown>): Promise<{ readonly exit: number; readonly text: string }> {
  const error = await errorOf(work);
  expect(error.code).toBe("FOREIGN_CODE");
  return { exit: exitCodeOf(error), text: error.message };
}

/** Each thing is named by each command, whoever calls it; none of them ran, and nothing was changed. */
async function hold(things: readonly Planted[], commands: readonly string[]): Promise<void> {
  const { sql, url, as, migrator } = cast;
  const snapshot = (): Promise<string> => snapshotDatabase(sql, { ignoreSchemas: ["theirs", migrator] });
  const before = await snapshot();
  for (const runner of ["the migrator", "a superuser"]) {
    for (const command of commands) {
      const told = await ways[command]?.(runner === "a superuser" ? url : as(migrator), { trustRoles: [migrator] });
      expect([command, told?.exit]).toEqual([command, 3]);
      for (const { what, says } of things) {
        // Only the migrator's own path leads to the schema of its name.
        if (says.includes("{runner}") && runner === "a superuser") continue;
        await attack("partner", () => {
          expect([what, told?.text]).toEqual([what, expect.stringContaining(says.replaceAll("{runner}", migrator))]);
        });
      }
    }
  }
  expect(await sql`select is_called from theirs.bitten`).toEqual([{ is_called: false }]);
  expect(differences(before, await snapshot())).toEqual([]);
}

describe("before a run", () => {
  beforeAll(async () => {
    cast = await makeCast();
    await plant(plantedBefore);
  });
  afterAll(() => cast.end());

  test("what a partner planted is named by every command, and none of it is called", async () => {
    await hold(plantedBefore, ["doctor", "migrate --dry-run", "migrate"]);
  });

  test("an exported file names it as well", async () => {
    const error = await Promise.resolve(routes["all files in one transaction"]?.(cast, await plainFiles())).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    for (const { what, says } of plantedBefore.filter((one) => !one.says.includes("{runner}"))) {
      await attack("partner", () => expect([what, String(error)]).toEqual([what, expect.stringContaining(says)]));
    }
  });
});

describe("after a run", () => {
  beforeAll(async () => {
    cast = await makeCast();
    await migrate(migrateOptions(cast.as(cast.migrator)));
    await plant(plantedLater);
  });
  afterAll(() => cast.end());

  test("what a partner planted since is named by the way back and by the catch-up, and none of it is called", async () => {
    await hold(plantedLater, ["rollback", "migrate", "doctor"]);
  });
});
