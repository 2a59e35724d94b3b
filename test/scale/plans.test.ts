import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { type OwnServer, startOwnServer } from "../support/own-server.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

const calls = 1500;
const contacts = 500;
// A join gives a row at most a few rows; one that compares each with each gives hundreds of thousands.
const mostRows = 8 * calls;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string | undefined;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number | undefined;
  readonly "Rows Removed by Join Filter"?: number | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const node: z.ZodType<PlanNode> = z.object({
  "Node Type": z.string(),
  "Relation Name": z.string().optional(),
  "Actual Rows": z.number(),
  "Actual Loops": z.number(),
  "Rows Removed by Filter": z.number().optional(),
  "Rows Removed by Join Filter": z.number().optional(),
  Plans: z.array(z.lazy(() => node)).optional(),
});
const explained = z.object({ "Query Text": z.string(), Plan: node });

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer({
    session_preload_libraries: "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_format": "json",
    log_line_prefix: "LINE ",
    autovacuum: "off",
  });
});

afterAll(() => server.stop());

describe.each([
  { organizations: 1, busy: false },
  { organizations: 300, busy: false },
  { organizations: 20, busy: true },
])(
  "with $organizations organisations, never analysed, one contact with most calls: $busy: no statement compares each row with each",
  ({ organizations, busy }) => {
    let from = 0;

    beforeAll(async () => {
      const { sql } = server;
      await rollback(rollbackOptions(server.url));
      await sql`truncate public.organizations, public.contacts, public.calls cascade`;
      await generateData(sql, { calls, contacts, organizations, dirt: true });
      if (busy) await callOneContact();
      await sql`
      delete from pg_catalog.pg_statistic as s using pg_catalog.pg_class as c
      where c.oid = s.starelid and c.relnamespace = 'public'::regnamespace`;
      await sql`
      update pg_catalog.pg_class set reltuples = -1, relpages = 0, relallvisible = 0
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`;
      from = server.log().length;
    });

    test.each([
      ["the dry run", () => plan(migrateOptions(server.url))],
      ["migrate", () => migrate(migrateOptions(server.url))],
      ["the drop", dropColumns],
      ["rollback", () => rollback(rollbackOptions(server.url))],
    ])("%s", async (_, run) => {
      await run();
      const log = server.log();
      const plans = readPlans(log.slice(from));
      from = log.length;
      expect(plans.length).toBeGreaterThan(5);
      expect(plans.flatMap(({ text, widest }) => (widest > mostRows ? [`${widest} rows: ${text}`] : []))).toEqual([]);
    });
  },
);

// Two thirds of all calls come from the number of one contact; half of them are linked already.
async function callOneContact(): Promise<void> {
  await server.sql`
    update public.calls as c
    set org_id = k.org_id, phone_number = k.phone, call_direction = 'inbound', contact_id = case when n.n % 2 = 0 then k.id end
    from (select c.id, row_number() over (order by c.id) as n from public.calls as c) as n,
         (select k.id, k.org_id, k.phone from public.contacts as k where k.phone ~ '^[+]1[0-9]{10}$' order by k.id limit 1) as k
    where n.id = c.id and n.n % 3 <> 0`;
}

async function dropColumns(): Promise<void> {
  await server.sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  await migrate(migrateOptions(server.url, { phase3: true }));
}

/** Each statement that touched a table of the user's, and how many rows went through the widest node of its plan. */
function readPlans(log: string): readonly { readonly text: string; readonly widest: number }[] {
  return log.split("LINE ").flatMap((entry) => {
    const json = /duration: [0-9.]+ ms {2}plan:\s*(\{[\s\S]*\})/.exec(entry)?.[1];
    if (json === undefined) return [];
    const { "Query Text": text, Plan } = explained.parse(JSON.parse(json));
    return reads(Plan, ["calls", "contacts"]) ? [{ text, widest: widestOf(Plan) }] : [];
  });
}

function reads(plan: PlanNode, tables: readonly string[]): boolean {
  return tables.includes(plan["Relation Name"] ?? "") || (plan.Plans ?? []).some((part) => reads(part, tables));
}

function widestOf(plan: PlanNode): number {
  const removed = (plan["Rows Removed by Filter"] ?? 0) + (plan["Rows Removed by Join Filter"] ?? 0);
  const own = (plan["Actual Rows"] + removed) * plan["Actual Loops"];
  return Math.max(own, ...(plan.Plans ?? []).map(widestOf));
}
