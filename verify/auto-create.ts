import { defineProbe, defineScanCheck, defineSuite } from "../src/checks/define.ts";
import { sql } from "../src/checks/fragment.ts";
import { SsotError } from "../src/model/errors.ts";

import { readCallsSchema } from "../src/webhook/calls-schema.ts";
import { probeCall, probeName, takeCall } from "./probe-call.ts";
import { asShownRow, shownRow } from "./shown-rows.ts";
import { writtenColumns } from "./written-columns.ts";

const handler = "The webhook handler writes something else than the library does: compare it with ssot/webhook";
const remake = "See the suite schema: the library needs the unique index and the column source";

/** Test 2 of the mission document: a first-time caller gets a contact. */
export const autoCreate = defineSuite({
  id: "auto-create",
  title: "a first-time caller gets a contact",
  checks: [
    writtenColumns,
    defineScanCheck({
      id: "contacts",
      claim: "contacts made by calls have an E.164 phone and a name that the rule allows",
      quotes: [
        "Expected: New contact with:",
        "- phone: +15551234567 (E.164 format)",
        '- name: Real name from Vapi OR phone number (not "Unknown Caller")',
        "- source: 'inbound-call-auto'",
      ],
      hint: handler,
      scan: "contacts",
      row: shownRow,
      population: sql`r.made_by_call`,
      breaking: sql`not r.e164 or r.placeholder`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "scores",
      claim: "scores of contacts made by calls are 0 to 100",
      quotes: ["- lead_score: 0-100 (from sentiment analysis)"],
      hint: handler,
      scan: "contacts",
      row: shownRow,
      population: sql`r.made_by_call and r.scored`,
      breaking: sql`not r.score_in_range`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "unscored",
      claim: "most contacts made by calls have a score or a tier",
      severity: "warn",
      hint: "The scorer may throw or take too long: see the log of the webhook handler",
      scan: "contacts",
      row: shownRow,
      population: sql`r.made_by_call`,
      breaking: sql`not (r.scored or r.tiered)`,
      sample: asShownRow,
      // One whose call has not ended yet has none.
      least: 0.9,
    }),
    defineProbe({
      id: "first-call",
      claim:
        "a call from a new number makes a contact and is linked to it; a second one makes none and is linked to the same",
      hint: remake,
      needs: ["source", "uniqueIndex"],
      probe: async ({ sql: session, orgId }) => {
        const event = probeCall(orgId, 2);
        const first = await takeCall(session, event);
        const second = await takeCall(session, probeCall(orgId, 2));
        const repeated = await takeCall(session, event);
        const [made] = await session<{ contacts: number; named: boolean; linked: number }[]>`
          select count(*)::integer as contacts, bool_and(k.name = ${probeName} and k.source = 'inbound-call-auto'
                                                       and k.lead_score between 0 and 100 and k.lead_status is not null) as named,
                 (select count(*)::integer from public.calls as c
                  where c.org_id = ${orgId} and c.contact_id = ${first.contactId}) as linked
          from public.contacts as k
          where k.org_id = ${orgId} and k.phone = ${event.number}`;
        const broken = [
          first.contactCreated,
          !second.contactCreated && second.contactId === first.contactId,
          !repeated.contactCreated && repeated.callId === first.callId,
          made?.contacts === 1 && made.named && made.linked === 2,
        ].filter((holds) => !holds).length;
        return { population: 4, broken, actual: `${made?.contacts} contact, ${made?.linked} of 2 calls linked to it` };
      },
    }),
    defineProbe({
      id: "no-placeholder",
      claim: "a new caller without a real name is called by the number",
      hint: remake,
      needs: ["source", "uniqueIndex"],
      probe: async ({ sql: session, orgId }) => {
        const names = [null, "", "Unknown Caller", "x", "(202) 555-0199"];
        let broken = 0;
        for (const [n, name] of names.entries()) {
          const event = probeCall(orgId, 30 + n, { name });
          const { contactId } = await takeCall(session, event);
          const [made] = await session<{ name: string }[]>`
            select k.name from public.contacts as k where k.id = ${contactId} and k.org_id = ${orgId}`;
          if (made?.name !== event.number) broken += 1;
        }
        return { population: names.length, broken };
      },
    }),
    defineProbe({
      id: "tenant-wall",
      claim:
        "a call's id of another organisation is refused, and nothing is written for it; where a call's id is unique in its organisation only, that other call stays as it was",
      hint: remake,
      needs: ["source", "uniqueIndex"],
      probe: async ({ sql: session, orgId, otherOrgId }) => {
        if (orgId === otherOrgId) return { population: 0, broken: 0, skip: "there is one organisation only" };
        const event = probeCall(orgId, 40);
        await takeCall(session, event);
        const readFirst = () => session<{ row: string }[]>`
          select c.ctid::text || to_jsonb(c)::text as row from public.calls as c
          where c.org_id = ${orgId} and c.vapi_call_id = ${event.vapiCallId}`;
        const first = await readFirst();
        const theirs = probeCall(otherOrgId, 41, { vapiCallId: event.vapiCallId });
        const refused = await takeCall(session, theirs).then(
          () => false,
          (error: unknown) => error instanceof SsotError && error.code === "CALL_OF_ANOTHER_ORGANISATION",
        );
        if ((await readCallsSchema(session)).idsPerOrganisation) {
          const kept = (await readFirst())[0]?.row === first[0]?.row;
          return {
            population: 2,
            broken: kept && !refused ? 0 : 1,
            actual: kept ? "a call of its own" : "overwritten",
          };
        }
        const [left] = await session<{ n: number }[]>`
          select count(*)::integer as n from public.contacts as k where k.org_id = ${otherOrgId} and k.phone = ${theirs.number}`;
        const broken = [refused, left?.n === 0].filter((holds) => !holds).length;
        return { population: 2, broken, actual: refused ? "refused" : "accepted" };
      },
    }),
  ],
});
