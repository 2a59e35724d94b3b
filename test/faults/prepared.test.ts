import { afterAll, beforeAll, expect, test } from "vitest";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { standardRows } from "../layouts/layout.ts";
import { type OwnServer, startOwnServer } from "../support/own-server.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";
import { errorOf } from "./refusal.ts";

let server: OwnServer;
beforeAll(async () => {
  server = await startOwnServer({ max_prepared_transactions: "2" });
  await server.sql.unsafe(standardRows);
});
afterAll(() => server?.stop());

const hasty = { lockTimeoutMs: 400, lockTries: 1 };

test.each([
  ["a row of calls", "update public.calls set notes = 'x' where vapi_call_id = 'v-1'"],
  ["contacts", "lock table public.contacts in access share mode"],
])("a prepared transaction on %s is named, with what ends it, by doctor before and by migrate", async (_, work) => {
  const { sql, url } = server;
  const session = await sql.reserve();
  await session.unsafe(`begin; ${work}; prepare transaction 'stuck-2pc'`);
  session.release();
  try {
    const { checks } = await doctor({ target: targetOf(url) });
    const open = checks.find(({ id }) => id === "transactions");
    expect(open).toMatchObject({ status: "problem" });
    expect(open?.detail).toContain("prepared transaction 'stuck-2pc'");
    expect(open?.detail).toContain("with a lock on calls or contacts");
    const error = await errorOf(migrate(migrateOptions(url, hasty)));
    expect(error.code).toBe("LOCK_TIMEOUT");
    expect(exitCodeOf(error)).toBe(5);
    expect(error.message).toContain("prepared transaction 'stuck-2pc'");
    expect(error.message).toContain("rollback prepared 'stuck-2pc'");
  } finally {
    await sql.unsafe("rollback prepared 'stuck-2pc'");
  }
});

test("what a role may not see of a session in its way is said", async () => {
  const { sql, url } = server;
  await sql.unsafe(`create role migrator login password 'migrator'; grant create on database postgres to migrator;
    grant usage, create on schema public to migrator; alter table calls owner to migrator; alter table contacts owner to migrator;
    grant select on organizations to migrator; grant migrator to postgres`);
  await sql.unsafe(`do $$ declare t regclass; begin
    for t in select k.conrelid from pg_catalog.pg_constraint as k where k.contype = 'f' and k.confrelid = 'public.contacts'::regclass loop
      execute format('grant select, update on %s to migrator', t);
    end loop; end $$`);
  if ((await sql`select from pg_catalog.pg_namespace where nspname = 'ssot'`).length > 0) {
    await sql.unsafe("drop schema ssot cascade");
  }
  const role = new URL(url);
  Object.assign(role, { username: "migrator", password: "migrator" });
  const holder = await sql.reserve();
  try {
    await holder.unsafe("begin; select from public.contacts limit 1");
    const error = await errorOf(migrate(migrateOptions(role.href, hasty)));
    expect(error.code).toBe("LOCK_TIMEOUT");
    expect(error.message).toContain("of role postgres; what it does is not visible to role migrator");
  } finally {
    await holder.unsafe("rollback");
    holder.release();
  }
});
