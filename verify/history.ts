import { ask } from "../src/checks/ask.ts";
import { defineRead, defineScanCheck, defineSuite } from "../src/checks/define.ts";
import { org, sql } from "../src/checks/fragment.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import { withheld } from "../src/checks/scans.ts";
import { asShownRow, shownRow } from "./shown-rows.ts";

/** Test 5 of the mission document: historical calls resolve. */
export const history = defineSuite({
  id: "history",
  title: "calls from before 2026-02-09 are fixed",
  checks: [
    defineScanCheck({
      id: "fixed",
      claim: "no historical call that has a number is still broken: all are fixed via the join",
      quotes: ['Expected: Most show "Fixed via JOIN" (unless truly orphaned)'],
      hint: "The view is not the one of migration 3: see the suite schema",
      scan: "calls",
      row: shownRow,
      population: sql`r.historical and (r.linked or not r.withheld)`,
      breaking: sql`r.shows_nobody`,
      sample: asShownRow,
    }),
    defineRead({
      id: "number-elsewhere",
      claim: "no call without contact has its number in the deprecated from_number only",
      severity: "warn",
      hint: "They are shown as Unknown until Phase 3 copies from_number into the empty phone_number",
      needs: ["columns"],
      until: migrationNames.drop,
      schema: shownRow,
      look: async ({ sql: session, scope, coverage }) => {
        const found = coverage();
        if (found === undefined) return { population: 0, broken: 0, skip: "the calls could not be counted" };
        const calls = found.directions.reduce((sum, { total }) => sum + total, 0);
        const without = found.unlinked.some(
          ({ direction, reason }) => direction === "inbound" && (reason === "no-number" || reason === "not-e164"),
        );
        if (!without) return { population: calls, broken: 0 };
        const rows = await ask(
          session,
          sql`
            select c.id, c.org_id, c.created_at, count(*) over () as n from public.calls as c
            where c.call_direction = 'inbound' and c.contact_id is null and ${withheld(sql`c.phone_number`)}
              and not ${withheld(sql`c.from_number`)} and (${org}::uuid is null or c.org_id = ${org})
            order by c.created_at desc, c.id limit 20`,
          scope,
        );
        return {
          population: calls,
          broken: Number(rows[0]?.n ?? 0),
          rows: rows.map(({ id, org_id, created_at }) => ({ id, org_id, created_at })),
        };
      },
    }),
  ],
});
