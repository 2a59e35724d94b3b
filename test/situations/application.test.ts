import { afterAll, beforeAll, expect, test } from "vitest";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { doctor } from "../../src/core/doctor.ts";
import { type MigrateOptions, migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { type VerifyReport, verify } from "../../src/core/verify.ts";
import { recordCall } from "../../src/webhook/record-call.ts";
import { differences } from "../crash/differences.ts";
import { allTextOf, refusalOf } from "../faults/refusal.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { verifyOptions } from "../verify/healthy-case.ts";
import { type Application, contactId, createApplication, organizationId, seenBy, settleStamps } from "./application.ts";

let app: Application;

beforeAll(async () => {
  app = await createApplication();
});

afterAll(() => app.drop());

/** What stops a run, what is said of it beforehand, and what its message asks for. */
interface Stop {
  readonly code: string;
  readonly says: string;
  /** Doctor reads no rows. */
  readonly doctorSays?: string;
  readonly plannedAs: string;
  readonly remedy: Partial<MigrateOptions> | string;
}

const stops: readonly Stop[] = [
  {
    code: "FOREIGN_TRIGGER",
    says: "public.contacts.tell_lead_change (AFTER UPDATE)",
    doctorSays: "public.contacts.tell_lead_change (AFTER UPDATE)",
    plannedAs: '"name":"tell_lead_change","when":"AFTER UPDATE","harmless":false',
    remedy: { userTriggers: "fire" },
  },
  {
    code: "PREFLIGHT",
    says: "name_at_call, carrier_number, contact_phone",
    doctorSays: "name_at_call, carrier_number, contact_phone",
    plannedAs: "name_at_call, carrier_number, contact_phone",
    remedy: { replaceView: true },
  },
  {
    code: "UNFIXABLE_PHONE",
    says: contactId(173),
    plannedAs: contactId(173),
    remedy: `update public.contacts set phone = '+14155550' || right(id::text, 3)
      where id in ('${contactId(171)}', '${contactId(172)}', '${contactId(173)}')`,
  },
  {
    code: "MERGE_CONFLICT",
    says: "campaign_members_campaign_id_contact_id_key",
    plannedAs: "public.campaign_members would hold two equal rows",
    remedy: `delete from public.campaign_members where contact_id = '${contactId(142)}'`,
  },
];

const options = (changes: Partial<MigrateOptions> = {}): MigrateOptions =>
  migrateOptions(app.url, {
    ...Object.assign({}, ...stops.map(({ remedy }) => (typeof remedy === "string" ? {} : remedy))),
    ...changes,
  });

const rollbackAll = () => rollback(rollbackOptions(app.url, { userTriggers: "fire" }));

const snapshot = async (): Promise<string> => {
  await settleStamps(app);
  return await snapshotDatabase(app.database.sql);
};

async function diagnosis(): Promise<string> {
  const { checks } = await doctor({ target: targetOf(app.url) });
  return checks.flatMap(({ status, detail }) => (status === "problem" ? [detail] : [])).join("\n");
}

function notGreen({ suites }: VerifyReport, ...statuses: readonly string[]): readonly string[] {
  return suites.flatMap(({ id, checks }) =>
    checks.filter(({ status }) => statuses.includes(status)).map((check) => `${id}.${check.id}`),
  );
}

async function expectProof(): Promise<void> {
  const report = await verify(await verifyOptions(app.url));
  expect(notGreen(report, "fail", "error")).toEqual([]);
}

async function expectWalls(): Promise<void> {
  const all = await app.database.sql`
    select org_id as org, count(*)::integer as calls, count(*) filter (where name_source = 'contact')::integer as named
    from public.calls_with_caller_names group by org_id order by org_id`;
  const of = (...organizations: readonly number[]) =>
    all.filter(({ org }) => organizations.map(organizationId).includes(org));
  expect(await seenBy(app, 1)).toEqual(of(1));
  expect(await seenBy(app, 4)).toEqual(of(2));
  expect(await seenBy(app, 6)).toEqual(of(1, 3));
  expect(await seenBy(app, 99)).toEqual([]);
  expect(all.map(({ named }) => named > 0)).toEqual([true, true, true]);
}

/** Calls without a number whose carrier sent a word in place of one, by what is their number now. */
async function numbersOf(calls: readonly string[]): Promise<readonly (string | null)[]> {
  const rows = await app.database.sql<{ number: string | null }[]>`
    select phone_number as number from public.calls where id = any (${calls}::uuid[])`;
  return rows.map(({ number }) => number);
}

/** A first-time caller's call makes its contact; then both are deleted, with what the application counted. */
async function expectFirstCall(): Promise<void> {
  const orgId = organizationId(2);
  const call = { orgId, vapiCallId: "vapi-new", direction: "inbound", number: "020 7946 0999", country: "GB" } as const;
  const recorded = await recordCall(app.owner, { ...call, name: "Yara New", leadScore: 60, leadStatus: "warm" });
  expect(recorded).toMatchObject({ contactCreated: true, refused: [] });
  const [seen] = await app.owner`
    select resolved_caller_name as name, phone_number as number from public.calls_with_caller_names where id = ${recorded.callId}`;
  expect(seen).toEqual({ name: "Yara New", number: "+442079460999" });
  await app.owner`delete from public.calls where id = ${recorded.callId}`;
  await app.owner`delete from public.contacts where id = ${recorded.contactId}`;
  expect(await app.owner`delete from public.usage_records where day > '2026-02-28' returning calls`).toEqual([
    { calls: "1" },
  ]);
}

/** What the application made of the view stands on the new one as on the old. */
async function expectListOnTheWall(): Promise<void> {
  const [list] = await app.owner`
    select count(*)::integer as calls, obj_description('public.unanswered_calls'::regclass) as comment,
           has_table_privilege('app_analyst', 'public.unanswered_calls', 'select') as granted
    from public.unanswered_calls where resolved_caller_name <> 'Unknown Caller'`;
  expect(list).toMatchObject({ comment: "The list on the wall", granted: true });
  expect(list?.calls).toBeGreaterThan(50);
}

/** Of two contacts with one number one that lives is left, and what a person does not want holds. */
async function expectOnePersonEach(): Promise<void> {
  const people = await app.database.sql`
    select name, deleted_at is not null as dead, unsubscribed_at is not null as unsubscribed, do_not_call as silent
    from public.contacts where phone = any ('{+13035550151,+13035550153,+13035550155,+13035550161,+13035550163}')
    order by phone`;
  expect(people).toEqual([
    { name: "Pia Lives", dead: false, unsubscribed: false, silent: false },
    { name: "Quentin Lives", dead: false, unsubscribed: false, silent: false },
    { name: "Ruth Gone", dead: true, unsubscribed: false, silent: false },
    { name: "Sam Reachable", dead: false, unsubscribed: true, silent: false },
    { name: "Tess Reachable", dead: false, unsubscribed: false, silent: true },
  ]);
}

test("the application has some forty tables, each with rows, and nearly each behind a policy", async () => {
  const tables = await app.database.sql<{ name: string; rows: string; guarded: boolean }[]>`
    select c.oid::regclass::text as name, c.relrowsecurity as guarded,
           (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %s', c.oid::regclass), false, true, '')))[1]::text as rows
    from pg_catalog.pg_class as c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by 1`;
  expect(tables.length).toBeGreaterThan(40);
  expect(tables.filter(({ rows }) => rows === "0")).toEqual([]);
  expect(tables.filter(({ guarded }) => !guarded).map(({ name }) => name)).toEqual(["plans"]);
});

test("each thing in the way is told by the dry run, and by doctor as far as the catalog knows, stops the run, and goes as the message says", async () => {
  const problems = await diagnosis();
  for (const { doctorSays } of stops) expect(problems).toContain(doctorSays ?? "");
  let taken: Partial<MigrateOptions> = {};
  for (const { code, says, plannedAs, remedy } of stops) {
    expect(JSON.stringify(await plan(migrateOptions(app.url, taken)))).toContain(plannedAs);
    const error = await refusalOf(app.database, () => migrate(migrateOptions(app.url, taken)));
    expect(error.code).toBe(code);
    expect(allTextOf(error)).toContain(says);
    if (typeof remedy === "string") await app.owner.unsafe(remedy);
    else taken = { ...taken, ...remedy };
  }
});

test("then the run does what was planned, is proved, names who still reads the columns, and is taken back equal", async () => {
  const before = await snapshot();
  const prediction = await plan(options());
  expect(prediction.obstacles).toEqual([]);
  expect(differences(before, await snapshotDatabase(app.database.sql))).toEqual([]);
  const { applied } = await migrate(options());
  expect(applied.map(({ name, effects }) => ({ name, effects }))).toEqual(
    prediction.pending.map(({ name, effects }) => ({ name, effects })),
  );
  await expectWalls();
  await expectListOnTheWall();
  await expectOnePersonEach();

  // A link that was wrong before stays, and is told; so are materialised views that default privileges opened to all tenants.
  const report = await verify(await verifyOptions(app.url));
  expect(notGreen(report, "fail", "error")).toEqual(["integrity.tenant-links", "security.tenant-views"]);

  const { dependents } = await auditDeprecated({ target: targetOf(app.url), since: new Date(0), limit: 10 });
  expect(dependents.map(({ name, column }) => `${name} ${column}`).toSorted()).toEqual(readers);
  await app.database.sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  const refusal = await refusalOf(app.database, () => migrate(options({ phase3: true })));
  expect(refusal.code).toBe("GATE");
  const { held } = await plan(options({ phase3: true }));
  for (const reason of held.flatMap(({ reasons }) => reasons)) expect(refusal.message).toContain(reason);
  for (const reader of readers) expect(refusal.message).toContain(reader.replace(/ .*/, ""));

  await rollbackAll();
  expect(differences(before, await snapshot())).toEqual([]);
});

test("when the application reads the view instead, run and drop are done, proved, and taken back equal", async () => {
  await app.owner.unsafe(rewritten);
  const before = await snapshot();
  const withheld = await app.database.sql<{ id: string }[]>`
    select id from public.calls where phone_number is null and call_direction = 'inbound' and from_number = 'anonymous'`;
  await migrate(options());
  await app.database.sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  await expectProof();
  const { phase3 } = await auditDeprecated({ target: targetOf(app.url), since: new Date(0), limit: 10 });
  expect(phase3.reasons).toEqual([]);

  // The drop changes no contact: what told of theirs has nothing to tell.
  const prediction = await plan(migrateOptions(app.url, { phase3: true }));
  expect(prediction.triggers.map(({ table, name }) => `${table}.${name}`)).toEqual(["public.calls.set_updated_at"]);
  const { applied } = await migrate(migrateOptions(app.url, { phase3: true }));
  expect(applied.map(({ name, effects }) => ({ name, effects }))).toEqual(
    prediction.pending.map(({ name, effects }) => ({ name, effects })),
  );
  await expectProof();
  await expectWalls();
  await expectListOnTheWall();
  expect(await numbersOf(withheld.map(({ id }) => id))).toEqual([null, null, null]);
  await expectFirstCall();

  await rollbackAll();
  expect(differences(before, await snapshot())).toEqual([]);
});

// Each with the column that it reads.
const readers: readonly string[] = [
  "public.calls.search caller_name",
  "public.calls_from_digits from_number",
  "public.calls_numbers from_number",
  "public.complete_call() from_number",
  "public.frequent_callers caller_name",
  "public.frequent_callers from_number",
  "public.last_known_caller(text) caller_name",
  "public.last_known_caller(text) from_number",
];

/** The application without the deprecated columns. */
const rewritten = `
  update public.calls set contact_id = null where vapi_call_id = 'vapi-1043';
  drop materialized view public.frequent_callers;
  revoke all on public.call_volume from anon, authenticated;
  drop index public.calls_from_digits;
  drop statistics public.calls_numbers;
  alter table public.calls drop column search;
  create or replace function public.complete_call() returns trigger language plpgsql as $$
  begin
    new.call_type := coalesce(new.call_type, new.call_direction);
    return new;
  end $$;
  create or replace function public.last_known_caller(number text) returns text
  language plpgsql stable security definer set search_path = '' as $$
  begin
    return (select v.resolved_caller_name from public.calls_with_caller_names as v
      where v.org_id in (select private.my_organizations()) and public.phone_digits(v.phone_number) = public.phone_digits(number)
      order by v.created_at desc limit 1);
  end $$`;
