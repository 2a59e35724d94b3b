import { afterEach, beforeEach, expect, test } from "vitest";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { pruneAudit } from "../../src/core/audit/prune-audit.ts";
import { rebaseline } from "../../src/core/audit/rebaseline.ts";
import { doctor } from "../../src/core/doctor.ts";
import { finalize, planFinalize } from "../../src/core/finalize.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { planRollback } from "../../src/core/plan-rollback.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { verify } from "../../src/core/verify.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import { errorOf } from "../faults/refusal.ts";
import { standardRows } from "../layouts/layout.ts";
import { withRole } from "../promises/migrated-case.ts";
import { countAttacks } from "../support/attacks.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { verifyOptions } from "../verify/healthy-case.ts";

countAttacks("partner");

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.sql.unsafe(standardRows);
});

afterEach(() => database.drop());

/** What looks like an engine, and tells by a sequence, which no rollback turns back, that some of it ran. */
const trap = (owner: string): string => `
  create sequence public.bitten;
  grant usage, select on sequence public.bitten to public;
  create schema ssot authorization ${owner};
  grant usage on schema ssot to public;
  create function ssot.bite() returns text language plpgsql volatile as $f$ begin perform pg_catalog.nextval('public.bitten'); return 'x'; end $f$;
  create view ssot.ledger as select ssot.bite() as name, now()::timestamp as run_on;
  create view ssot.run as select ssot.bite() as name, 'migrate'::text as direction, now() as finished_at, ''::text as checksum;
  create view ssot.engine as select 2 as version, ssot.bite() as tool, false as moving;
  create view ssot.finalization as select ssot.bite() as x;
  create view ssot.deprecated_column as select ssot.bite() as relation;
  create function ssot.phase3_blockers(migration text default '', verdicts jsonb default '{}') returns table (code text, message text, can_force boolean)
    language sql volatile as $f$ select ssot.bite(), 'x', false $f$;
  create function ssot.view_is_ours() returns boolean language sql volatile as $f$ select ssot.bite() is null $f$;
  create function ssot.trigger_path() returns text language sql volatile as $f$ select ssot.bite() $f$;
  create function ssot.erase_due() returns bigint language sql volatile as $f$ select length(ssot.bite())::bigint $f$;
  grant select on all tables in schema ssot to public;
  do $do$ declare t record; begin
    for t in select c.oid::regclass as name from pg_class as c where c.relnamespace = 'ssot'::regnamespace loop
      execute format('alter view %s owner to ${owner}', t.name);
    end loop;
    for t in select p.oid::regprocedure as name from pg_proc as p where p.pronamespace = 'ssot'::regnamespace loop
      execute format('alter function %s owner to ${owner}', t.name);
    end loop;
  end $do$;`;

const stranger = "pg_read_all_stats";

type Trust = { readonly trustRoles: readonly string[] };

/** Every command, as somebody with this URL. */
const commands: readonly { readonly name: string; readonly run: (url: string, trust?: Trust) => Promise<unknown> }[] = [
  { name: "plan", run: (url, trust) => plan(migrateOptions(url, trust)) },
  { name: "migrate", run: (url, trust) => migrate(migrateOptions(url, trust)) },
  { name: "verify", run: async (url, trust) => verify(await verifyOptions(url, trust)) },
  {
    name: "audit",
    run: (url, trust) =>
      auditDeprecated({
        target: migrateOptions(url).target,
        since: new Date(0),
        limit: 10,
        source: undefined,
        ...trust,
      }),
  },
  { name: "audit prune", run: (url, trust) => pruneAudit(migrateOptions(url, trust)) },
  { name: "audit rebaseline", run: (url, trust) => rebaseline(migrateOptions(url, trust)) },
  { name: "rollback", run: (url, trust) => rollback(rollbackOptions(url, trust)) },
  { name: "rollback --dry-run", run: (url, trust) => planRollback(rollbackOptions(url, trust)) },
  { name: "finalize", run: (url, trust) => finalize(migrateOptions(url, trust)) },
  { name: "finalize --dry-run", run: (url, trust) => planFinalize(migrateOptions(url, trust)) },
];

for (const who of ["a superuser", "the owner of the tables"]) {
  test(`of a schema ssot that somebody else made, nothing runs as ${who}: commands refuse, status goes on without it`, async () => {
    const { sql, url } = database;
    await sql.unsafe(trap(stranger));
    await withRole(sql, who === "a superuser" ? "superuser login password 'x'" : "login password 'x'", async (role) => {
      if (who !== "a superuser") {
        for (const table of ["calls", "contacts", "organizations"])
          await sql.unsafe(`alter table ${table} owner to ${role}`);
      }
      const own = Object.assign(new URL(url), { username: role, password: "x" }).href;
      const before = await snapshotDatabase(sql);
      for (const { name, run } of commands) {
        const error = await errorOf(run(own));
        expect([name, error.code, exitCodeOf(error)]).toEqual([name, "PREFLIGHT", 3]);
        expect(error.message).toContain(`belongs to role ${stranger}`);
      }
      const { target, directory } = migrateOptions(own);
      const looked = await status({ target, directory });
      expect(looked.disregarded).toContain(`belongs to role ${stranger}`);
      expect(new Set(looked.migrations.map(({ state }) => state))).toEqual(new Set(["pending", "optional"]));
      const { ok, checks } = await doctor({ target });
      expect(ok).toBe(false);
      expect(checks.map(({ id, detail }) => [id, detail.includes(stranger)])).toEqual([["schema", true]]);
      expect(await sql`select is_called from public.bitten`).toEqual([{ is_called: false }]);
      expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
      for (const table of ["calls", "contacts", "organizations"])
        await sql.unsafe(`alter table ${table} owner to current_user`);
    });
  });
}

test("one strange view in a schema of our own is enough", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await sql.unsafe(`create view ssot.spy as select 1 as n; alter view ssot.spy owner to ${stranger}`);
  for (const run of [() => migrate(migrateOptions(url)), () => rollback(rollbackOptions(url))]) {
    const error = await errorOf(run());
    expect([error.code, error.message]).toEqual([
      "PREFLIGHT",
      `relation ssot.spy belongs to role ${stranger}, who is not trusted`,
    ]);
  }
});

test("a schema that was handed over passes by --trust-role", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await withRole(sql, "login password 'x'", async (role) => {
    const tables = ["calls", "contacts", "organizations"];
    await sql.unsafe(`grant create on database ${database.name} to ${role}; grant create on schema public to ${role}; ${tables.map((t) => `alter table ${t} owner to ${role};`).join(" ")}
      grant select, update on all tables in schema public to ${role}`);
    await migrate(migrateOptions(Object.assign(new URL(url), { username: role, password: "x" }).href));
    for (const table of tables) await sql.unsafe(`alter table ${table} owner to current_user`);
    await sql.unsafe(
      `alter view calls_with_caller_names owner to current_user; alter table deprecated_column_audit owner to current_user;
      grant select, insert, update, delete on all tables in schema public to ${role}`,
    );
    const refused = await errorOf(migrate(migrateOptions(url)));
    expect(refused.code).toBe("PREFLIGHT");
    expect(refused.hint).toContain(`--trust-role ${role}`);
    expect((await migrate(migrateOptions(url, { trustRoles: [role] }))).applied).toEqual([]);
    // Every command takes it; what ends reversibility comes last, and is not asked here.
    const { target, directory } = migrateOptions(url);
    expect((await status({ target, directory })).disregarded).toContain(role);
    expect((await status({ target, directory, trustRoles: [role] })).disregarded).toBeUndefined();
    for (const { name, run } of commands.filter((one) => !["migrate", "rollback", "finalize"].includes(one.name))) {
      if (name !== "plan") expect([name, (await errorOf(run(url))).code]).toEqual([name, "PREFLIGHT"]);
      await run(url, { trustRoles: [role] });
      expect([name, (await errorOf(run(url, { trustRoles: ["nobody_here"] }))).code]).toEqual([name, "CONFIGURATION"]);
    }
    await rollback(rollbackOptions(url, { trustRoles: [role] }));
    await sql.unsafe(`drop owned by ${role} cascade`);
  });
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});
