import { z } from "zod";
import { defineCheck, defineProbe, defineRead, defineScanCheck, defineSuite } from "../src/checks/define.ts";
import { org, sql } from "../src/checks/fragment.ts";
import { listCalls } from "../src/dashboard/list-calls.ts";
import { recentCalls } from "../src/dashboard/recent-calls.ts";

import { askLiveDashboard, isUnknownCaller } from "./live-dashboard.ts";
import { probeCall, probeName, takeCall } from "./probe-call.ts";
import { asShownRow, shownRow } from "./shown-rows.ts";

const remake = "The view is not the one of migration 3, or names of contacts are not cleaned: see schema and integrity";
const mostOrganisations = 25;

/** Test 3 of the mission document: the dashboard shows no "Unknown Caller". */
export const dashboard = defineSuite({
  id: "dashboard",
  title: 'the dashboard shows no "Unknown Caller"',
  checks: [
    defineScanCheck({
      id: "list",
      claim: 'no call of any organisation is listed as "Unknown Caller"',
      quotes: [
        'Expected: Empty array [] (no calls with "Unknown Caller")',
        "2. Verify all calls show real names or phone numbers",
        '✅ 0% "Unknown Caller" (when contact exists)',
      ],
      hint: remake,
      scan: "calls",
      row: shownRow,
      // Where a number was written as a word, the dashboard shows none.
      population: sql`r.linked or not r.withheld`,
      breaking: sql`r.shows_unknown_caller`,
      sample: asShownRow,
    }),
    defineCheck({
      id: "complete",
      claim: "the view shows every call once",
      hint: remake,
      needs: ["view"],
      row: z.object({ calls: z.string(), shown: z.string() }),
      population: sql`
        select count(*) as population from public.calls as c where ${org}::uuid is null or c.org_id = ${org}`,
      sql: sql`
        select n.calls, n.shown
        from (select (select count(*) from public.calls as c where ${org}::uuid is null or c.org_id = ${org}) as calls,
                     (select count(*) from public.calls_with_caller_names as v where ${org}::uuid is null or v.org_id = ${org}) as shown) as n
        where n.calls <> n.shown`,
    }),
    defineRead({
      id: "recent",
      claim: 'the recent activity of organisations shows no "Unknown Caller"',
      quotes: ['4. Check "Recent Activity" - verify names displayed correctly'],
      hint: remake,
      needs: ["view"],
      schema: shownRow,
      look: async ({ sql: session, scope }) => {
        const organisations = await session<{ id: string }[]>`
          select o.id from public.organizations as o
          where ${scope.org}::uuid is null or o.id = ${scope.org}
          order by o.id limit ${mostOrganisations}`;
        let population = 0;
        const rows: { id: string; org_id: string; created_at: Date | null }[] = [];
        for (const { id: orgId } of organisations) {
          const calls = await recentCalls(session, { orgId, limit: 10 });
          population += calls.length;
          for (const { id, caller_name, created_at } of calls) {
            if (isUnknownCaller(caller_name)) rows.push({ id, org_id: orgId, created_at });
          }
        }
        return { population, broken: rows.length, rows };
      },
    }),
    defineProbe({
      id: "search",
      claim: "a search by a shown name finds the call, by number too, and takes % and _ as text",
      quotes: ["3. Search for a caller by name - verify results appear"],
      hint: remake,
      needs: ["view", "source", "uniqueIndex"],
      probe: async ({ sql: session, orgId }) => {
        const event = probeCall(orgId, 50, { name: `${probeName} 100%_sure` });
        const { callId } = await takeCall(session, event);
        await takeCall(session, probeCall(orgId, 51, { name: `${probeName} 1000 sure` }));
        let broken = 0;
        for (const search of ["100%_SURE", event.number]) {
          const { calls, total } = await listCalls(session, { orgId, page: 1, limit: 10, search });
          if (total !== 1 || calls[0]?.id !== callId) broken += 1;
        }
        const { total } = await listCalls(session, { orgId, page: 1, limit: 10, search: "Unknown Caller" });
        if (total !== 0 && !(await hasOtherCalls(session, orgId))) broken += 1;
        return { population: 3, broken };
      },
    }),
    defineRead({
      id: "live",
      claim: 'the live dashboard lists no "Unknown Caller", and finds a call by its name',
      hint: "The dashboard does not read the view yet: it has to read resolved_caller_name of calls_with_caller_names",
      look: async ({ settings: { dashboard: where } }) => {
        if (where === undefined)
          return { population: 0, broken: 0, skip: "no live dashboard is named: --dashboard-url" };
        return askLiveDashboard(where.url, where.token);
      },
    }),
  ],
});

// A borrowed organisation may have calls of its own.
async function hasOtherCalls(session: Parameters<typeof recentCalls>[0], orgId: string): Promise<boolean> {
  const { total } = await listCalls(session, { orgId, page: 1, limit: 1 });
  return total > 2;
}
