import { afterEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { drawUpPlan } from "../../src/core/plan-document/draw-up.ts";
import { drawUpRollback } from "../../src/core/plan-document/draw-up-rollback.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createOccupiedDatabase } from "../crash/equal-databases.ts";
import { type Interruption, interruptEverywhere, listPartial } from "../crash/interruptions.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;
afterEach(() => database.drop());

const patient = { waitSeconds: 30 };
// Each place plans again, and a soak takes all of them.
const timeout = 600_000;
/** Where so much is left half-way that a plan still has something to do: a session that is ended may have come to its end before. */
const isLeft = async (pending: number): Promise<boolean> => {
  const rows = await database.sql`select l.name from ssot.ledger as l`.catch(() => []);
  const partial = await listPartial(database.url);
  return partial.length > 0 || (rows.length > 0 && rows.length < pending);
};
const refusal = async (run: () => Promise<unknown>): Promise<string> => {
  const before = await snapshotDatabase(database.sql);
  const error = await run().then(
    () => new Error("it was not refused"),
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: "PLAN_DIFFERS" });
  expect(await snapshotDatabase(database.sql)).toBe(before);
  return error instanceof Error ? error.message : "";
};

test.each<Interruption>(["abort", "terminate"])(
  "a plan that is cut off at every step (%s) goes on each time, and refuses what somebody else changed meanwhile",
  async (how) => {
    database = await createOccupiedDatabase();
    const { sql, url } = database;
    const { document } = await drawUpPlan(migrateOptions(url));
    const plan = { document, tolerance: 10 };
    const places = await interruptEverywhere(
      how,
      sql,
      (interrupted) => migrate(migrateOptions(url, { plan, ...patient, ...interrupted })),
      async (place) => {
        if (!(await isLeft(document.pending.length))) return;
        await sql.unsafe("create index meanwhile on public.contacts (notes)");
        const told = await refusal(() => migrate(migrateOptions(url, { plan, ...patient })));
        expect([place, told.split("\n  - ").slice(1)]).toEqual([
          place,
          [expect.stringMatching(/^index public\.meanwhile was added: /)],
        ]);
        await sql.unsafe("drop index public.meanwhile");
      },
    );
    expect(places.length).toBeGreaterThan(25);
    expect((await migrate(migrateOptions(url, { plan }))).plan).toEqual({ hash: document.hash, done: true });
  },
  timeout,
);

test(
  "the drop by a plan goes on from every step as well, once its gate is open",
  async () => {
    database = await createOccupiedDatabase();
    const { sql, url } = database;
    await migrate(migrateOptions(url));
    await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
    const { document } = await drawUpPlan(migrateOptions(url, { phase3: true }));
    expect(document.pending.map(({ phase }) => phase)).toEqual([3]);
    const plan = { document, tolerance: 10 };
    await interruptEverywhere(
      "abort",
      sql,
      (interrupted) => migrate(migrateOptions(url, { plan, ...patient, ...interrupted })),
      async (place) => {
        await sql.unsafe("alter table public.calls add column meanwhile int");
        expect([place, await refusal(() => migrate(migrateOptions(url, { plan, ...patient })))]).toEqual([
          place,
          expect.stringMatching(/now:\n {2}- column public\.calls\.meanwhile was added: integer$/),
        ]);
        await sql.unsafe("alter table public.calls drop column meanwhile");
      },
    );
    expect((await migrate(migrateOptions(url, { plan }))).plan).toEqual({ hash: document.hash, done: true });
  },
  timeout,
);

test.each<Interruption>(["abort", "terminate"])(
  "a rollback by a plan goes on from every step (%s), the drop's too, and refuses what somebody else changed meanwhile",
  async (how) => {
    database = await createOccupiedDatabase();
    const { sql, url } = database;
    await migrate(migrateOptions(url));
    await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
    await migrate(migrateOptions(url, { phase3: true }));
    const { document } = await drawUpRollback({ ...rollbackOptions(url), userTriggers: "refuse" });
    expect(document.pending).toHaveLength(5);
    const plan = { document, tolerance: 10 };
    const places = await interruptEverywhere(
      how,
      sql,
      (interrupted) => rollback(rollbackOptions(url, { plan, ...patient, ...interrupted })),
      async (place) => {
        if (!(await isLeft(document.pending.length))) return;
        await sql.unsafe("create index meanwhile on public.contacts (notes)");
        const told = await refusal(() => rollback(rollbackOptions(url, { plan, ...patient })));
        expect([place, told.split("\n  - ").slice(1)]).toEqual([
          place,
          [expect.stringMatching(/^index public\.meanwhile was added: /)],
        ]);
        await sql.unsafe("drop index public.meanwhile");
      },
    );
    expect(places.length).toBeGreaterThan(20);
    expect((await rollback(rollbackOptions(url, { plan }))).plan).toEqual({ hash: document.hash, done: true });
    expect(await sql`select from pg_namespace where nspname = 'ssot'`).toHaveLength(0);
  },
  timeout,
);
