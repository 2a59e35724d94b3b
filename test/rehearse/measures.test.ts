import { afterEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { makeRehearseCase, type RehearseCase } from "./rehearse-case.ts";

let rehearsal: RehearseCase;
afterEach(() => rehearsal.end());

const seed = async () => {
  rehearsal = await makeRehearseCase(({ sql }) => loadSeedCase(sql));
};
test("each step says its lock, how long it was held, its rows and what the server wrote", async () => {
  await seed();
  const { report } = await rehearsal.rehearse();
  const find = (name: string) => report.steps.find((step) => step.run === "migrate" && step.name === name);
  expect(find("link_calls")).toMatchObject({
    lock: expect.stringMatching(/^(ROW|SHARE UPDATE) EXCLUSIVE$/),
    rows: 6,
    rewrites: [],
  });
  expect(find("phone_check")).toMatchObject({
    lock: "ACCESS EXCLUSIVE",
    table: "public.contacts",
    blocks: "reads and writes",
  });
  for (const { heldMs, durationMs, estimateMs, walBytes, tempBytes } of report.steps) {
    expect(heldMs ?? 0).toBeGreaterThanOrEqual(0);
    expect([durationMs >= 0, walBytes >= 0, tempBytes >= 0]).toEqual([true, true, true]);
    expect(estimateMs).not.toBeNull();
  }
  const [migrated] = report.runs;
  expect(migrated?.walBytes).toBeGreaterThan(10_000);
  expect(migrated?.effects["20260209000100_backfill_contact_ids"]).toMatchObject({ callsLinked: 6 });
  expect(report.clientMemoryBytes).toBeGreaterThan(1_000_000);
});

test("dirt comes back as it was: merged, set aside and rewritten rows alike", async () => {
  rehearsal = await makeRehearseCase(async ({ sql }) => {
    await loadDirtyCase(sql);
    await sql`insert into public.contacts (id, org_id, name, phone)
      select 'c0000000-0000-4000-8000-000000000803', id, 'Somebody', 'ask reception' from public.organizations order by id limit 1`;
  });
  const refused = await callSsot(["rehearse", "--on", rehearsal.copy.url, "--for", rehearsal.target.url]);
  expect([refused.exitCode, refused.stderr]).toEqual([4, expect.stringContaining("UNFIXABLE_PHONE")]);
  expect(refused.stderr.replace(/\s+/g, " ")).toContain("begins anew");
  const { exitCode, report } = await rehearsal.rehearse("--on-unfixable-phone", "quarantine");
  expect(report.wentOn).toBe(true);
  expect(report.differences).toEqual([]);
  // These data have a link across tenants.
  expect([report.equal, report.verify.failed, exitCode]).toEqual([true, ["integrity.tenant-links"], 1]);
});

test("a table that is written anew is told, and breaks --no-rewrite", async () => {
  await seed();
  rehearsal.tell(
    "20260210000000_widen",
    "alter table public.calls add column bulk integer default 1; alter table public.calls alter column bulk type bigint",
    "alter table public.calls drop column bulk",
  );
  const { exitCode, report } = await rehearsal.rehearse("--no-rewrite");
  expect(exitCode).toBe(1);
  expect(report.equal).toBe(true);
  const changed = report.steps.filter(({ run, name }) => run === "migrate" && name === "change");
  expect(changed.map(({ rewrites }) => rewrites)).toEqual([["public.calls"]]);
  expect(report.limits).toEqual([
    {
      name: "no-rewrite",
      limit: 0,
      measured: 2,
      held: false,
      by: ["migrate: public.calls by change", "migrate again: public.calls by change"],
    },
  ]);
});

test("a lock that is held too long is told with its table, and breaks --max-lock", async () => {
  await seed();
  rehearsal.tell(
    "20260210000000_hold",
    "lock table public.contacts in share row exclusive mode; select pg_sleep(3)",
    "select 1",
  );
  const { exitCode, report } = await rehearsal.rehearse("--max-lock", "2s", "--max-duration", "1h");
  expect(exitCode).toBe(1);
  const [held] = report.steps.filter(({ run, name }) => run === "migrate" && name === "change");
  expect(held).toMatchObject({ lock: "SHARE ROW EXCLUSIVE", table: "public.contacts", blocks: "writes" });
  // Never told shorter than it was.
  expect(held?.heldMs).toBeGreaterThanOrEqual(3000);
  expect(report.limits).toEqual([
    expect.objectContaining({ name: "max-lock", limit: 2000, held: false }),
    expect.objectContaining({ name: "max-duration", held: true, by: [] }),
  ]);
  expect(report.limits[0]?.by[0]).toMatch(/^migrate( again)?: 20260210000000_hold, change \(3\d{3} ms\)$/);
});

test("beside writers and readers nothing is lost, and nothing of theirs stays", async () => {
  await seed();
  const { exitCode, report } = await rehearsal.rehearse("--phase", "3", "--write-load", "60");
  expect([exitCode, report.equal, report.load?.lost]).toEqual([0, true, 0]);
  expect(report.load?.acknowledged).toBeGreaterThan(10);
  expect(new Set(report.load?.figures.map(({ kind }) => kind))).toEqual(new Set(["write", "update", "read"]));
  expect(report.load?.figures.filter(({ failed }) => failed > 0)).toEqual([]);
  const [left] = await rehearsal.copy.sql`
    select (select count(*)::int from public.calls where vapi_call_id like 'ssot-rehearsal-%') as calls,
           (select count(*)::int from public.contacts where regexp_replace(phone, '[^0-9]', '', 'g') like '%55501__') as contacts`;
  const [there] = await rehearsal.target.sql`
    select (select count(*)::int from public.contacts where regexp_replace(phone, '[^0-9]', '', 'g') like '%55501__') as contacts`;
  expect(left).toEqual({ calls: 0, contacts: there?.contacts });
});

test("a write that the copy refuses is a finding, though nothing is lost, and its WAL is told as shared", async () => {
  await seed();
  await rehearsal.copy.sql.unsafe(
    "create function public.no() returns trigger language plpgsql as $$ begin if new.vapi_call_id like 'ssot-rehearsal-%' then raise 'no' using errcode = 'ZZ001'; end if; return new; end $$; create trigger no before insert on public.calls for each row execute function public.no()",
  );
  const { exitCode, report } = await rehearsal.rehearse("--write-load", "40");
  expect([report.equal, report.verify.failed, report.load?.lost, report.load?.acknowledged]).toEqual([true, [], 0, 0]);
  expect([exitCode, report.ok, report.load?.codes]).toEqual([1, false, ["ZZ001"]]);
  expect(report.load?.failed).toBeGreaterThan(0);
  expect(report.steps.every(({ walShared }) => walShared)).toBe(true);
});

test("reports go to files in every form", async () => {
  await seed();
  const file = (name: string) => `${name}=${rehearsal.folder}/report.${name}`;
  const { exitCode } = await rehearsal.rehearse(
    ...["html", "markdown", "junit", "table"].flatMap((name) => ["--reporter", file(name)]),
  );
  expect(exitCode).toBe(0);
  const { readFileSync } = await import("node:fs");
  const read = (name: string) => readFileSync(`${rehearsal.folder}/report.${name}`, "utf8");
  expect(read("html")).toContain("<h1>Rehearsed: the way back restores everything that was compared");
  expect(read("markdown")).toMatch(/^### ✅ ssot rehearse: Rehearsed/);
  expect(read("junit")).toMatch(/<testsuites name="ssot rehearse" tests="\d+" failures="0"/);
  expect(read("table")).toMatch(/^run {5}[\s\S]*\n\ncopy {4}\S+ on /);
});
