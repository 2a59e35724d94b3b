import { z } from "zod";
import {
  defineCheck,
  defineRead,
  defineScanCheck,
  defineSuite,
  type Finding,
  type Look,
  plainText,
} from "../src/checks/define.ts";
import type { EngineFacts } from "../src/checks/engine-facts.ts";
import { type Fragment, org, sql } from "../src/checks/fragment.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import { routinesOf } from "../src/checks/objects.ts";
import { missionColumns } from "../src/model/mission.ts";
import { erasure } from "./erasure.ts";
import { expectedTriggers } from "./expected-triggers.ts";
import { rightContact } from "./right-contact.ts";
import { asShownRow, shownRow } from "./shown-rows.ts";
import { remake, unlink } from "./ways-back.ts";

const { deprecate } = migrationNames;
const clean = `A rule or an index of migration 2 is missing (see schema). ${remake}`;

/**
 * A deprecated column is no second home of its value once it is gone, or when it is marked, every write to it is seen,
 * and no name is resolved by it.
 */
function storedOnce(column: string): (look: Look) => Promise<Finding> {
  return async ({ sql: session, facts }) => {
    const { witness } = routinesOf(facts);
    const [found] = await session<{ marked: boolean; guards: boolean }[]>`
      select strpos(coalesce(col_description(a.attrelid, a.attnum), ''), 'DEPRECATED') > 0 as marked,
             to_regprocedure(${witness[0] ?? ""}) is not null and to_regprocedure('ssot.view_is_ours()') is not null as guards
      from pg_catalog.pg_attribute as a
      where a.attrelid = to_regclass('public.calls') and a.attname = ${column} and not a.attisdropped`;
    if (found === undefined) return { population: 1, broken: 0, actual: "the column is gone" };
    const live = facts.version === 1 ? session`ssot.live_witness()` : session`ssot.live_witness(${deprecate})`;
    const triggers = expectedTriggers(facts).filter(({ migration }) => migration === deprecate).length;
    const [state] = found.guards
      ? await session<{ awake: boolean; ours: boolean }[]>`
          select (select count(*) >= ${triggers} and bool_and(w.awake) from ${live} as w where w.kind = 'trigger') as awake,
                 ssot.view_is_ours() as ours`
      : [];
    const problems = [
      ...(found.marked ? [] : ["is not deprecated"]),
      ...(state?.awake === true ? [] : ["is not guarded by its triggers"]),
      ...(state?.ours === true ? [] : ["may be read by the view, which is not the one of migration 3"]),
    ];
    return {
      population: 1,
      broken: problems.length,
      actual: problems.length === 0 ? "deprecated, guarded, read by no name" : `calls.${column} ${problems.join(", ")}`,
    };
  };
}

/** Tasks whose changes are in no journal any more, although nobody ended reversibility and their table still has rows that were there. */
const lostJournals = ({ version }: EngineFacts): Fragment =>
  version === 1
    ? sql`select null::text, null::text where false`
    : sql`
      select t.task, 'has lost its journal: a rollback restores nothing of it'
      from ssot.task as t
      where t.done > 0 and t.task <> 'merge' and not exists (select from ssot.finalization)
        and not exists (select from ssot.journal as j where j.task = t.task)
        and case when t.relation = 'public.contacts'
                 then exists (select from public.contacts as k join ssot.run as r on k.created_at < r.started_at and r.name = t.migration)
                 else exists (select from public.calls as c join ssot.run as r on c.created_at < r.started_at and r.name = t.migration) end`;

/** The success metrics of the mission document, and its eight violations of the single source of truth. */
export const integrity = defineSuite({
  id: "integrity",
  title: "there is one source of truth, and it is clean",
  checks: [
    defineRead({
      id: "one-name",
      claim:
        "(1) the caller's name is stored once: calls.caller_name is gone, or deprecated, guarded and read by nobody",
      quotes: ["✅ 1 source of truth (contacts.name)"],
      hint: "See schema.triggers, schema.view-unchanged and schema.deprecated-columns",
      look: storedOnce(missionColumns.name),
    }),
    defineRead({
      id: "one-phone",
      claim:
        "(2) the caller's number is stored once: calls.from_number is gone, or deprecated, guarded and read by nobody",
      quotes: ["✅ 1 canonical phone column (phone_number)"],
      hint: "See schema.triggers, schema.view-unchanged and schema.deprecated-columns",
      look: storedOnce(missionColumns.number),
    }),
    defineScanCheck({
      id: "no-frozen-names",
      claim: "(3) no name is frozen: what a call shows is its contact's name, or where it has none its number",
      quotes: ["✅ Names always live from contacts table"],
      hint: "The view is not the one of migration 3: see the suite schema",
      scan: "calls",
      row: shownRow,
      population: sql`true`,
      breaking: sql`not r.shows_what_it_should`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "linked",
      claim: "(4) no call stays without the contact of its organisation that has its number",
      hint: "ssot migrate links what arrived since",
      scan: "calls",
      row: shownRow,
      population: sql`not r.test and (r.linked or r.missed)`,
      breaking: sql`not r.linked`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "real-names",
      claim: "(5) no contact is called by a placeholder; one without a name is called by its own number",
      hint: clean,
      scan: "contacts",
      row: shownRow,
      population: sql`true`,
      breaking: sql`r.placeholder`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "one-phone-format",
      claim: "(6) every contact's number is in E.164",
      quotes: ["✅ 100% phone numbers in E.164 format"],
      hint: clean,
      scan: "contacts",
      row: shownRow,
      population: sql`true`,
      breaking: sql`not r.e164`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "call-numbers",
      claim: "(6) numbers of calls are in E.164, as far as they are numbers",
      severity: "warn",
      hint: "Unreadable numbers stay as they were sent. Many new ones: the webhook handler does not normalise",
      scan: "calls",
      row: shownRow,
      population: sql`not r.withheld and not r.inside`,
      breaking: sql`not r.possible`,
      sample: asShownRow,
    }),
    defineCheck({
      id: "one-contact",
      claim: "(7) no organisation has two contacts of one number",
      quotes: ["✅ 0 duplicate contacts per organization"],
      hint: clean,
      row: z.object({ org_id: z.guid(), contacts: z.string(), oldest: z.guid() }),
      population: sql`
        select count(*) as population from public.contacts as k where ${org}::uuid is null or k.org_id = ${org}`,
      sql: sql`
        select k.org_id, count(*) as contacts, (array_agg(k.id order by k.created_at, k.id))[1] as oldest
        from public.contacts as k
        where ${org}::uuid is null or k.org_id = ${org}
        group by k.org_id, k.phone having count(*) > 1
        order by k.org_id, oldest limit 1000`,
    }),
    defineCheck({
      id: "contact-with-call",
      claim: "(8) no contact that a call made stands without a call",
      severity: "warn",
      hint: "A handler makes contacts apart from their calls, or the calls were deleted since",
      needs: ["source"],
      row: z.object({ id: z.guid(), org_id: z.guid() }),
      population: sql`
        select count(*) as population from public.contacts as k
        where k.source = 'inbound-call-auto' and (${org}::uuid is null or k.org_id = ${org})`,
      sql: sql`
        select k.id, k.org_id from public.contacts as k
        where k.source = 'inbound-call-auto' and (${org}::uuid is null or k.org_id = ${org})
          and not exists (select from public.calls as c where c.contact_id = k.id and c.org_id = k.org_id)
        order by k.created_at desc, k.id limit 1000`,
    }),
    defineScanCheck({
      id: "known-callers",
      claim: 'no call with a contact is shown as "Unknown Caller"',
      quotes: ['✅ 0% "Unknown Caller" for calls with valid contacts'],
      hint: clean,
      scan: "calls",
      row: shownRow,
      population: sql`r.linked`,
      breaking: sql`r.shows_unknown`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "tenant-links",
      claim: "no call is linked to another organisation's contact",
      hint: "Set contact_id of these calls to null, then ssot migrate links them inside their organisation",
      scan: "calls",
      row: shownRow,
      population: sql`r.linked`,
      breaking: sql`not r.own_contact`,
      sample: asShownRow,
    }),
    defineRead({
      id: "right-contact",
      claim:
        "calls are linked to the contact that has their number, in each organisation and direction and on each day; a few may differ, whose contact has a new one",
      hint: `Links point at other contacts of the organisation: find out what set contact_id. ${unlink}`,
      threshold: 0.9,
      schema: z.object({
        org_id: z.guid().nullable(),
        direction: plainText.nullable(),
        day: plainText.nullable(),
        numbers: z.number(),
        wrong: z.number(),
      }),
      look: rightContact,
    }),
    erasure,
    defineCheck({
      id: "journals",
      claim: "no planned change is left undone, and no run stands half-way",
      hint: "ssot status shows what was interrupted; the same command goes on",
      needs: ["bookkeeping"],
      after: migrationNames.backfill,
      postcondition: true,
      row: z.object({ what: plainText, problem: plainText }),
      population: sql`select count(*) as population from ssot.run`,
      sql: (facts) => sql`
        select t.task as what, 'has changes that are not made' as problem from ssot.task as t where t.done < t.planned
        union all
        select r.name, 'was interrupted' from ssot.run as r where r.finished_at is null
        union all
        ${lostJournals(facts)}
        order by 1`,
    }),
  ],
});
