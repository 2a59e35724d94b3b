import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { type RunningServer, startServer } from "../../src/server/start-server.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

/** The seed's organisation, and a second one with a contact and a call of its own. */
export const [firstOrg, secondOrg] = ["a0000000-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-000000000002"];
export const secondContact = "c0000000-0000-4000-8000-0000000000f2";
export const [firstToken, secondToken] = ["first-organisation-s-token", "second-organisation-s-token"];
export const webhookSecret = "the-webhook-s-secret";
/** Of the seed's organisation. */
export const phoneNumberId = "3f8e1b52-7a61-4c0d-9b1e-5d2f4a6c8e90";

export interface Served {
  readonly database: TestDatabase;
  readonly server: RunningServer;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Whatever the server logged. */
  readonly logged: string[];
  stop(): Promise<void>;
}

/** The seed's case, migrated, behind a server on a free port. */
export async function serve(): Promise<Served> {
  const database = await createTestDatabase();
  const { sql } = database;
  await loadSeedCase(sql);
  const [before] = await sql<{ calls: number; unknown: number }[]>`
    select count(*)::integer as calls, (count(*) filter (where caller_name = 'Unknown Caller'))::integer as unknown
    from public.calls where call_direction = 'inbound'`;
  await migrate(migrateOptions(database.url));
  await sql`
    insert into public.organizations (id, name, email) values (${secondOrg}, 'Elsewhere', 'elsewhere@example.com')`;
  await sql`
    insert into public.contacts (id, org_id, name, phone)
    values (${secondContact}, ${secondOrg}, 'Somebody Else', '+14155550101')`;
  await sql`
    insert into public.calls (org_id, vapi_call_id, contact_id, call_direction, phone_number)
    values (${secondOrg}, 'elsewhere-1', ${secondContact}, 'inbound', '+14155550101')`;
  const logged: string[] = [];
  const log = (message: string, fields: object): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const server = await startServer({
    sql,
    port: 0,
    tokens: new Map([
      [firstToken, firstOrg],
      [secondToken, secondOrg],
    ]),
    pageOrgId: firstOrg,
    ...(before === undefined ? {} : { before }),
    webhookSecret,
    logger: { info: log, warn: log, error: log },
  });
  return {
    database,
    server,
    origin: new URL(server.page).origin,
    logged,
    stop: async () => {
      await server.stop();
      await database.drop();
    },
  };
}
