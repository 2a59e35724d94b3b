import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { readNumbers } from "../../src/phone/read-numbers.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase } from "../support/database.ts";
import { engineFiles, migrationFiles, routes } from "./routes.ts";

/** Databases to migrate: each case, to be cloned. The dirty one without the numbers that libphonenumber alone can read. */
export const cases: Readonly<Record<string, () => Promise<Clones>>> = {
  seed: async () => {
    const database = await createTestDatabase();
    await loadSeedCase(database.sql);
    return cloneable(database);
  },
  dirty: async () => {
    const beyond = await numbersBeyondSql();
    const database = await createTestDatabase();
    const { sql } = database;
    await loadDirtyCase(sql);
    await sql`
      update public.contacts set phone = '+1650555' || right(id::text, 4) where phone = any (${beyond})`;
    await sql`
      update public.calls set phone_number = null, from_number = null
      where phone_number = any (${beyond}) or from_number = any (${beyond})`;
    return cloneable(database);
  },
};

/** The spellings of the dirty case that SQL leaves unread and libphonenumber reads. */
async function numbersBeyondSql(): Promise<readonly string[]> {
  const database = await createTestDatabase();
  try {
    await loadDirtyCase(database.sql);
    const first = [...(await engineFiles()), ...(await migrationFiles()).slice(0, 1)];
    await routes["statement by statement"]?.(database, first).catch(() => {});
    const unread = await database.sql<{ raw: string; country: string }[]>`
      select raw, country from ssot.phone_map where e164 is null order by raw, country`;
    const read = readNumbers(unread).filter(({ e164 }) => e164 !== null);
    if (read.length === 0) throw new Error("the dirty case holds no number that only libphonenumber reads");
    return read.map(({ raw }) => raw);
  } finally {
    await database.drop();
  }
}
