import { test } from "vitest";
import { createTestDatabase } from "../support/database.ts";
import { soak } from "../support/draw.ts";
import { liveThroughAll } from "./live-case.ts";

// SSOT_TEST_SEED repeats a run's data and requests; what meets what in time is never the same.
const first = Number(process.env.SSOT_TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
const rounds = [0, 1, 2, 3, 4].slice(0, Math.ceil(5 * soak));

test.for(rounds)(
  "no acknowledged write is lost with more data and traffic: %i",
  { timeout: 300_000 },
  async (round) => {
    const seed = first + round;
    process.stdout.write(`seed ${seed}\n`);
    const database = await createTestDatabase();
    try {
      await liveThroughAll(database, { calls: 40_000, contacts: 10_000, rate: 200, seed, unique: round % 2 === 0 });
    } finally {
      await database.drop();
    }
  },
);
