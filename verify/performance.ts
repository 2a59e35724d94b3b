import type { Sql } from "postgres";
import { z } from "zod";
import { defineProbe, defineRead, defineSuite, type Finding, type Look, plainText } from "../src/checks/define.ts";
import { listCalls } from "../src/dashboard/list-calls.ts";

import { isLookedUp } from "./look-ups.ts";
import { probeCall, takeCall } from "./probe-call.ts";
import { askAs, findTenants } from "./tenant.ts";

const rounds = 5;
const pageSize = 50;
// Of fewer rows the time of one tells nothing.
const fewestRows = 5;
// A policy that compares takes hundredths of a millisecond a row.
const slowRowMs = 2;
// What a busy machine may add to a page.
const jitterMs = 30;
const analyse =
  "ANALYZE calls and contacts; look at the plan (EXPLAIN), at the load, and at the indexes of schema.indexes";

/** The middle one of several durations, in milliseconds. */
async function median(work: (round: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await work(round);
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

function judgeTime(name: string, ms: number, { threshold, measure }: Pick<Look, "threshold" | "measure">): Finding {
  measure(name, ms);
  return {
    population: rounds,
    broken: ms < threshold ? 0 : 1,
    expected: `under ${threshold} ms`,
    actual: `${ms.toFixed(1)} ms, the median of ${rounds}`,
  };
}

/** The organisation with the most calls by the planner's statistics, else the latest call's. */
async function busiestOrganisation(sql: Sql, org: string | null): Promise<string | undefined> {
  if (org !== null) return org;
  const [row] = await sql<{ id: string | null }[]>`
    select coalesce(
      (select (s.most_common_vals::text::uuid[])[1] from pg_catalog.pg_stats as s
       where s.schemaname = 'public' and s.tablename = 'calls' and s.attname = 'org_id'
       order by s.inherited limit 1),
      (select c.org_id from public.calls as c order by c.created_at desc limit 1)) as id`;
  return row?.id ?? undefined;
}

const indexes = z.object({ index: plainText });

/** The newest calls of an organisation, as its dashboard lists them. */
function readPage(sql: Sql, orgId: string): Promise<readonly unknown[]> {
  return sql`
    select v.id, v.resolved_caller_name, v.name_source from public.calls_with_caller_names as v
    where v.org_id = ${orgId} order by v.created_at desc, v.id limit ${pageSize}`;
}

/**
 * The page as a tenant reads it, whose policies may cost something each row: a page that is not full is taken for a full one, and milliseconds
 * a row are too many whatever the page takes in all. "ownMs": what it takes without policies. Undefined: it comes in time, or no tenant can be
 * asked.
 */
async function slowForTenants(look: Look, ownMs: number): Promise<Finding | undefined> {
  const isSlow = (ms: number, rows: number): boolean =>
    (ms / rows) * pageSize >= look.threshold || ms - ownMs >= Math.max(jitterMs, slowRowMs * rows);
  const found = await findTenants(look);
  if ("none" in found) return undefined;
  for (const tenant of found.tenants.slice(0, 2)) {
    const timed = await askAs(look, tenant, async () => {
      const began = performance.now();
      const { length } = await readPage(look.sql, tenant.orgId);
      return { ms: performance.now() - began, length };
    });
    if (timed === undefined || timed.length < fewestRows) continue;
    if (!isSlow(timed.ms, timed.length)) continue;
    const again = await askAs(look, tenant, () => median(() => readPage(look.sql, tenant.orgId)));
    if (again === undefined || !isSlow(again, timed.length)) continue;
    return {
      population: rounds,
      broken: 1,
      expected: `under ${look.threshold} ms`,
      actual: `${again.toFixed(1)} ms for the ${timed.length} rows of a tenant's page, ${ownMs.toFixed(1)} ms without policies: look at these`,
    };
  }
  return undefined;
}

/** The mission document's success metrics of speed, and the plans that they rest on. */
export const performanceSuite = defineSuite({
  id: "performance",
  timed: true,
  title: "reads and writes are fast enough",
  checks: [
    defineRead({
      id: "view-page",
      impersonates: true,
      claim: "a page of the view comes in time",
      quotes: ["✅ View query time: <400ms (with proper indexes)"],
      hint: analyse,
      needs: ["view"],
      threshold: 400,
      look: async (look) => {
        const orgId = await busiestOrganisation(look.sql, look.scope.org);
        if (orgId === undefined) return { population: 0, broken: 0 };
        const ms = await median(() => readPage(look.sql, orgId));
        const found = judgeTime("viewPageMs", ms, look);
        return found.broken > 0 ? found : ((await slowForTenants(look, ms)) ?? found);
      },
    }),
    defineRead({
      id: "dashboard-page",
      claim: "a page of the dashboard with its exact number of calls comes in time",
      quotes: ["✅ Dashboard load time: <800ms (view adds ~20ms JOIN overhead)"],
      hint: analyse,
      needs: ["view"],
      threshold: 800,
      look: async (look) => {
        const { sql, scope } = look;
        const orgId = await busiestOrganisation(sql, scope.org);
        if (orgId === undefined) return { population: 0, broken: 0 };
        return judgeTime(
          "dashboardPageMs",
          await median(() => listCalls(sql, { orgId, page: 1, limit: pageSize })),
          look,
        );
      },
    }),
    defineProbe({
      id: "auto-create",
      claim: "a first call with its new contact is written in time",
      quotes: ["✅ Contact auto-creation: <200ms (during webhook processing)"],
      hint: analyse,
      needs: ["source", "uniqueIndex"],
      threshold: 200,
      probe: async (probe) => {
        const { sql, orgId } = probe;
        return judgeTime("autoCreateMs", await median((round) => takeCall(sql, probeCall(orgId, 70 + round))), probe);
      },
    }),
    defineRead({
      id: "contact-lookup",
      claim: "the webhook finds a contact by organisation and number through an index",
      hint: "See schema.indexes",
      schema: indexes,
      look: isLookedUp("contacts", ["org_id", "phone"]),
    }),
    defineRead({
      id: "contact-calls",
      claim: "the calls of a contact are found through an index",
      hint: "See schema.indexes",
      schema: indexes,
      look: isLookedUp("calls", ["contact_id"]),
    }),
    defineRead({
      id: "page-order",
      claim: "a page of an organisation's calls is read in order of time through an index",
      severity: "warn",
      hint: "create index concurrently on public.calls (org_id, created_at desc)",
      expected: "an index on org_id and created_at",
      look: async ({ sql }) => {
        const [row] = await sql<{ present: boolean }[]>`
          select exists (
            select from pg_catalog.pg_index as x
            join pg_catalog.pg_attribute as o on o.attrelid = x.indrelid and o.attnum = x.indkey[0]
            join pg_catalog.pg_attribute as t on t.attrelid = x.indrelid and t.attnum = x.indkey[1]
            where x.indrelid = to_regclass('public.calls') and x.indisvalid and x.indnkeyatts >= 2 and x.indpred is null
              and o.attname = 'org_id' and t.attname = 'created_at') as present`;
        return {
          population: 1,
          broken: row?.present === true ? 0 : 1,
          actual: row?.present === true ? "present" : "none",
        };
      },
    }),
  ],
});
