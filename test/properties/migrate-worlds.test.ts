import fc from "fast-check";
import { expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase } from "../support/database.ts";
import { trials } from "../support/draw.ts";
import { migrateOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { loadWorld, world } from "./dirty-world.ts";
import { expectedLinks, expectedNames, readOriginals, survivorsOf } from "./model.ts";

const tables = [
  "appointments",
  "contact_events",
  "contact_imports",
  "contact_notes",
  "contact_tags",
  "follow_ups",
  "messages",
] as const;

test("whatever the dirt, links and names are those of the model, references are kept, and a second run changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (dirt) => {
      const { sql, url, drop } = await createTestDatabase();
      const countReferences = async (idOf: (contact: string) => string): Promise<Record<string, number>> => {
        const counts: Record<string, number> = {};
        for (const table of tables) {
          const rows = await sql<{ contact_id: string; n: number }[]>`
            select contact_id, count(*)::integer as n from ${sql(`public.${table}`)} group by contact_id`;
          for (const { contact_id, n } of rows) {
            const key = `${table} ${idOf(contact_id)}`;
            counts[key] = (counts[key] ?? 0) + n;
          }
        }
        return counts;
      };
      try {
        await loadWorld(sql, dirt);
        const originals = await readOriginals(sql);
        const survivors = survivorsOf(originals);
        const references = await countReferences((contact) => survivors.get(contact) ?? contact);
        await migrate(migrateOptions(url));
        const calls = await sql<
          { id: string; contact_id: string | null }[]
        >`select id, contact_id from public.calls order by id`;
        expect(Object.fromEntries(calls.map((row) => [row.id, row.contact_id]))).toEqual(expectedLinks(originals));
        const contacts = await sql<{ id: string; name: string }[]>`select id, name from public.contacts order by id`;
        expect(Object.fromEntries(contacts.map((row) => [row.id, row.name]))).toEqual(expectedNames(originals));
        expect(await countReferences((contact) => contact)).toEqual(references);
        const readState = async () => [
          await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] }),
          await sql`select * from ssot.journal where task = 'calls.contact_id' order by seq`,
          await sql`select * from ssot.tally order by migration, direction, what`,
        ];
        const once = await readState();
        const again = await migrate(migrateOptions(url));
        expect(again).toMatchObject({ applied: [], caughtUp: 0 });
        expect(await readState()).toEqual(once);
      } finally {
        await drop();
      }
    }),
    trials(5),
  );
});
