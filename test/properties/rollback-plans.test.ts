import fc from "fast-check";
import type postgres from "postgres";
import { expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { expectForetold } from "../promises/foretold.ts";
import { createTestDatabase } from "../support/database.ts";
import { trials } from "../support/draw.ts";
import { migrateOptions } from "../support/run-options.ts";
import { loadWorld, world } from "./dirty-world.ts";

// What applications and people may do between a run and its rollback; `pick` is a condition on the row's id.
const doings: readonly ((pick: string) => string)[] = [
  (pick) => `update public.calls set contact_id = null where ${pick}`,
  (pick) =>
    `update public.calls as c set contact_id = (select k.id from public.contacts as k where k.org_id = c.org_id order by k.id limit 1) where ${pick}`,
  (pick) => `update public.calls set phone_number = '+14155559999' where ${pick}`,
  (pick) => `update public.calls set phone_number = null where ${pick}`,
  (pick) => `update public.calls set phone_number = from_number where ${pick}`,
  (pick) => `delete from public.calls where ${pick}`,
  (pick) => `update public.contacts set name = 'Corrected' where ${pick}`,
  (pick) => `update public.contacts set email = id || '@example.com', source = 'somebody' where ${pick}`,
  (pick) => `update public.contacts set email = null, lead_score = 99 where ${pick}`,
  (pick) => `update public.contacts set phone = '+1415556' || right(abs(hashtext(id::text))::text, 4) where ${pick}`,
  (pick) => `delete from public.messages where ${pick}`,
  (pick) => `delete from public.contacts where ${pick}`,
  () => "update public.messages set contact_id = null where id in (select min(id::text)::uuid from public.messages)",
  () => `
    insert into public.contacts (org_id, name, phone, email)
    select k.org_id, 'Took it', '+1415557' || lpad(row_number() over ()::text, 4, '0'), k.email
    from (select (j.image ->> 'org_id')::uuid as org_id, j.image ->> 'email' as email from ssot.journal as j
          where j.kind = 'delete' and j.image ->> 'email' is not null order by j.seq limit 1) as k`,
];

const doing = fc.record({ what: fc.nat(doings.length - 1), of: fc.integer({ min: 2, max: 5 }), rest: fc.nat(4) });

/** Does one thing, unless a rule of the database refuses it or what it needs is not there. */
async function tryTo(sql: postgres.Sql, statement: string): Promise<void> {
  await sql.unsafe(statement).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && /^(23|42703)/.test(String(error.code)))) throw error;
  });
}

test("whatever somebody does in between, a dry run tells exactly what the rollback then reports", async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      fc.array(doing, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("phase 1", "the drop"),
      fc.constantFrom(undefined, 1, 3),
      async (dirt, done, far, batchSize) => {
        const { sql, url, drop } = await createTestDatabase();
        const perform = async (some: typeof done): Promise<void> => {
          for (const { what, of, rest } of some) {
            await tryTo(sql, doings[what]?.(`abs(hashtext(id::text)) % ${of} = ${rest % of}`) ?? "select");
          }
        };
        try {
          await loadWorld(sql, dirt);
          await migrate(migrateOptions(url));
          await perform(done.slice(0, 3));
          // What came loose meanwhile is linked again: rows that were changed twice.
          await migrate(migrateOptions(url));
          if (far === "the drop") {
            await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
            const force = { reason: "to look at it" };
            await migrate(migrateOptions(url, { phase3: true, force }));
          }
          await perform(done.slice(3));
          const { plan } = await expectForetold({ sql, url }, { batchSize });
          expect(plan.pending?.length).toBeGreaterThan(3);
        } finally {
          await drop();
        }
      },
    ),
    trials(2),
  );
}, 300_000);
