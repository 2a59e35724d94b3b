import postgres from "postgres";
import { expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { allTextOf, refusalOf } from "../faults/refusal.ts";
import { createApplication } from "../situations/application.ts";
import { createTestDatabase } from "../support/database.ts";
import { copyOf } from "./copy-case.ts";

const rehearse = (url: string, ...args: readonly string[]) =>
  callSsot(["rehearse", "--on", "embedded", "--schema-only", "--for", url, "--json", ...args], {
    env: { PATH: process.env.PATH },
  });

test("without a row of the target, one is rehearsed on that has as many, and none of its values", async () => {
  const database = await createTestDatabase();
  await generateData(database.sql, { calls: 3000, contacts: 400, organizations: 7 });
  await database.sql`update public.contacts set name = 'Very Private Person'`;
  await database.sql.unsafe("vacuum analyze");
  try {
    const found = await copyOf(
      database.url,
      async ({ target, problems }) => {
        const { host, port, database: name, user, password } = target;
        const sql = postgres({ host, port, database: name, user, password: password ?? "", max: 1 });
        const rows = await sql`
          select (select count(*)::integer from public.calls) as calls, (select count(*)::integer from public.contacts) as contacts,
                 (select count(*)::integer from public.organizations) as organizations,
                 (select count(*)::integer from public.contacts where name = 'Very Private Person') as private,
                 (select count(distinct phone)::integer > 300 from public.contacts) as numbers,
                 (select count(*) between 1500 and 2500 from public.calls where call_direction = 'inbound') as inbound,
                 (select count(*)::integer from public.calls as c join public.contacts as k on k.id = c.contact_id and k.org_id <> c.org_id) as strays`.finally(
          () => sql.end(),
        );
        return { ...rows[0], problems };
      },
      { schemaOnly: true },
    );
    expect(found).toEqual({
      calls: 3000,
      contacts: 400,
      organizations: 7,
      private: 0,
      numbers: true,
      inbound: true,
      strays: 0,
      problems: [
        "no row was copied: 3,407 were generated for 12 tables, by the statistics of the target; other tables are empty",
      ],
    });
    const { exitCode, stdout } = await rehearse(database.url);
    expect({ exitCode, report: JSON.parse(stdout) as unknown }).toMatchObject({
      exitCode: 0,
      report: { ok: true, equal: true },
    });
  } finally {
    await database.drop();
  }
});

test("an application with triggers, views, domains and keys of its own is rehearsed on generated rows", async () => {
  const app = await createApplication();
  try {
    // What this application opens to all of its tenants is a finding with any rows.
    await app.database.sql.unsafe(`
      do $$ declare opened text; begin
        for opened in select format('%I.%I', schemaname, matviewname) from pg_catalog.pg_matviews loop
          execute format('revoke all on %s from public, anon, authenticated', opened);
        end loop;
      end $$`);
    await app.database.sql.unsafe("vacuum analyze");
    const { exitCode, stdout, stderr } = await rehearse(app.url, "--user-triggers", "fire", "--replace-view");
    expect({
      exitCode,
      failed: exitCode === 0 ? "" : (/"verify": [\s\S]*?\]/.exec(stdout)?.[0] ?? stdout) + stderr,
    }).toEqual({ exitCode: 0, failed: "" });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, equal: true });
  } finally {
    await app.drop();
  }
});

test("a CHECK that generated rows break is named, and nothing was changed", async () => {
  const database = await createTestDatabase();
  try {
    await generateData(database.sql, { calls: 20, contacts: 10 });
    await database.sql.unsafe(
      "alter table public.contacts add constraint only_ours check (phone ~ '^\\+49' or phone is null) not valid; alter table public.contacts add constraint long_names check (length(name) < 200 and name <> 'Unknown Caller')",
    );
    const refusal = await refusalOf(database, () => copyOf(database.url, async () => {}, { schemaOnly: true }));
    expect(refusal.code).toBe("PREFLIGHT");
    expect(refusal.message).toBe("public.contacts refuses generated rows, by constraint long_names (SQLSTATE 23514)");
    expect(allTextOf(refusal)).not.toMatch(/\+1\d{10}/);
  } finally {
    await database.drop();
  }
});
