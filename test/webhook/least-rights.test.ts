import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { createVapiWebhook, organizationByVapiId } from "../../src/webhook/public.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { firstOrg } from "../verify/healthy-case.ts";
import { sdkMessages } from "./sdk-messages.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  const { phoneNumberId = "" } = sdkMessages["status-update"].call ?? {};
  await database.sql`update public.organizations set vapi_phone_number_id = ${phoneNumberId} where id = ${firstOrg}`;
});

afterEach(() => database.drop());

/** The statements of the guide, for this role. */
function documentedGrants(role: string): readonly string[] {
  const page = readFileSync(join(packageRoot(), "docs", "library.md"), "utf8");
  const statements = (/```sql\n([^`]*)```/.exec(page)?.[1] ?? "").trim().split("\n");
  expect(statements).toHaveLength(3);
  return statements.map((line) => line.replaceAll("webhook", role));
}

/** A webhook over a pool of this role; each call of the function sends a status, then the report, of a new call. */
async function asRole(role: string, work: (send: () => Promise<readonly number[]>) => Promise<void>): Promise<void> {
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: "least" });
  const sql = postgres(url.href, { max: 2 });
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const { fetch } = createVapiWebhook({
    sql,
    resolveOrganization: organizationByVapiId(sql),
    authenticate: "none",
    logger,
  });
  let last = 150;
  try {
    await work(async () => {
      last += 1;
      const customer = { number: `+12025550${last}` };
      const id = randomUUID();
      const statuses: number[] = [];
      for (const message of [sdkMessages["status-update"], sdkMessages["end-of-call-report"]]) {
        const body = JSON.stringify({ message: { ...message, call: { ...message.call, id, customer }, customer } });
        const answer = await fetch(new Request("https://host.example/vapi", { method: "POST", body }));
        statuses.push(answer.status);
      }
      const rows = await database.sql`
        select c.status from public.calls as c join public.contacts as k on k.id = c.contact_id
        where c.vapi_call_id = ${id} and k.phone = ${customer.number}`;
      expect([...rows]).toEqual(statuses.every((status) => status === 200) ? [{ status: "ended" }] : []);
      return statuses;
    });
  } finally {
    await sql.end();
  }
}

test("the documented rights suffice before, after and once more before a migration, and for the drop", async () => {
  await withRole(database.sql, "login bypassrls password 'least'", async (role) => {
    for (const statement of documentedGrants(role)) await database.sql.unsafe(statement);
    await asRole(role, async (send) => {
      expect(await send()).toEqual([200, 200]);
      await migrate(migrateOptions(database.url));
      expect(await send()).toEqual([200, 200]);
      await database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
      await migrate(migrateOptions(database.url, { phase3: true }));
      expect(await send()).toEqual([200, 200]);
      await rollback(rollbackOptions(database.url));
      expect(await send()).toEqual([200, 200]);
    });
  });
});

test("none of the documented rights can be left out: without it every event is answered with 500", async () => {
  await migrate(migrateOptions(database.url));
  await withRole(database.sql, "login bypassrls password 'least'", async (role) => {
    for (const statement of documentedGrants(role)) await database.sql.unsafe(statement);
    for (const right of [
      "select on public.organizations",
      ...["calls", "contacts"].flatMap((table) =>
        ["select", "insert", "update"].map((kind) => `${kind} on public.${table}`),
      ),
    ]) {
      await database.sql.unsafe(`revoke ${right} from ${role}`);
      await asRole(role, async (send) => expect([right, ...(await send())]).toEqual([right, 500, 500]));
      await database.sql.unsafe(`grant ${right} to ${role}`);
    }
  });
});
