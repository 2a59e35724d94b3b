import { describe, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { changeEngine } from "../support/changed-engine.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { draw } from "../support/draw.ts";
import { type Folders, guards, ours } from "./guards.ts";

async function onDirtyCase(work: (database: TestDatabase) => Promise<unknown>): Promise<unknown> {
  const database = await createTestDatabase();
  try {
    await loadDirtyCase(database.sql);
    return plain(await work(database));
  } finally {
    await database.drop();
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each(draw("guards", guards, ({ title }) => title, 0.35))("$title", ({ without, scenario, expected }) => {
  test("with the guard", async () => {
    expect(await onDirtyCase((database) => scenario(database, ours))).toEqual(expected);
  });

  test("without it that is not so: the test above can fail", async () => {
    const changed = await changeEngine([without].flat());
    try {
      const folders: Folders = changed;
      expect(await onDirtyCase((database) => scenario(database, folders))).not.toEqual(expected);
    } finally {
      await changed.remove();
    }
  });
});
