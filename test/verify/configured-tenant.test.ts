import { afterAll, beforeAll, expect, test } from "vitest";
import { makeProject, type Project } from "../deprecate/wiki.ts";
import { withRole } from "../promises/migrated-case.ts";
import { makeHealthy } from "./healthy-case.ts";

let project: Project;

beforeAll(async () => {
  project = makeProject(await makeHealthy());
});
afterAll(() => project?.end());

interface Document {
  readonly suites: readonly {
    readonly checks: readonly { readonly id: string; readonly [field: string]: unknown }[];
  }[];
}

/** What security.tenant finds; no run that was recorded before helps it. */
async function asked() {
  await project.database.sql`truncate ssot.verification_runs`;
  const { suites } = await project.ask<Document>("verify", "security");
  return suites[0]?.checks.find(({ id }) => id === "tenant");
}

/** Tenants of an application: one role, whose sessions say their organisation in a setting of their own. */
const policies = (role: string): string => `
  grant usage on schema public to ${role};
  grant select on public.calls, public.contacts, public.calls_with_caller_names to ${role};
  create policy app_tenant on public.calls to ${role} using (org_id = nullif(current_setting('app.org', true), '')::uuid);
  create policy app_tenant on public.contacts to ${role} using (org_id = nullif(current_setting('app.org', true), '')::uuid)`;

const healthy = {
  status: "pass",
  population: 2,
  actual: expect.stringContaining("2 of 2 tenants saw their own calls, 2"),
};

test("tenants are asked as they are configured, and that they see no contact any more is a finding", async () => {
  const { sql } = project.database;
  const configure = (tenant: object): void => project.write("ssot.config.json", JSON.stringify({ verify: { tenant } }));
  await withRole(sql, "", async (role) => {
    await sql.unsafe(policies(role));
    const settings = { "app.org": "{org}" };
    configure({ role, settings });
    expect(await asked()).toMatchObject(healthy);

    await sql`drop policy app_tenant on public.contacts`;
    expect(await asked()).toMatchObject({
      status: "fail",
      rows: [
        { relation: "public.contacts", problem: "is hidden, though its calls are seen" },
        { relation: "public.contacts", problem: "is hidden, though its calls are seen" },
      ],
    });

    // Nobody sees anything: ordinary where no tenant was ever named, broken where one is.
    await sql`drop policy app_tenant on public.calls`;
    expect(await asked()).toMatchObject({
      status: "fail",
      rows: [
        { relation: "public.calls", problem: "is hidden from 2 of 2 tenants" },
        { relation: "public.contacts", problem: "is hidden from 2 of 2 tenants" },
      ],
    });
  });
});

test("a tenant whose settings do not fit the policies is a finding where it was configured, and none by default", async () => {
  const { sql } = project.database;
  const role = "authenticated";
  const claims = { "request.jwt.claims": '{"org_id":"{org}"}' };
  project.write("ssot.config.json", JSON.stringify({ verify: { tenant: { role, settings: claims } } }));
  expect(await asked()).toMatchObject(healthy);
  await sql`drop policy tenant on public.contacts`;
  await sql`drop policy tenant on public.calls`;
  expect(await asked()).toMatchObject({ status: "fail" });
  project.write("ssot.config.json", "{}");
  expect(await asked()).toMatchObject({ status: "skip" });
});
