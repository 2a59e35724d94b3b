import { z } from "zod";
import { defineCheck, defineProbe, defineScanCheck, defineSuite } from "../src/checks/define.ts";
import { org, sql } from "../src/checks/fragment.ts";
import { withheld } from "../src/checks/scans.ts";
import { listCalls } from "../src/dashboard/list-calls.ts";

import { probeCall, probeName, takeCall } from "./probe-call.ts";
import { asShownRow, shownRow } from "./shown-rows.ts";

const remake = "The view is not the one of migration 3, or a rule on contacts is missing: see the suite schema";

/** Test 1 of the mission document: the view returns live names. */
export const liveNames = defineSuite({
  id: "live-names",
  title: "the view shows live names",
  checks: [
    defineScanCheck({
      id: "no-unknown",
      claim: "no call with a phone number is shown as Unknown",
      quotes: ['Expected: 0 rows with "FAIL" status for calls with phone numbers'],
      hint: remake,
      scan: "calls",
      row: shownRow,
      population: sql`not r.withheld`,
      breaking: sql`r.shows_nobody`,
      sample: asShownRow,
    }),
    defineCheck({
      id: "latest",
      claim: "of the latest ten calls, each with a phone number shows a name or that number",
      hint: remake,
      needs: ["view"],
      row: z.object({
        id: z.guid(),
        created_at: z.date().nullable(),
        numbered: z.boolean(),
        resolution_status: z.enum([
          "Phone fallback (OK)",
          "FAIL - No contact, no phone",
          "PASS - Real name from contact",
        ]),
      }),
      breaks: ({ numbered, resolution_status }) => numbered && resolution_status.startsWith("FAIL"),
      population: sql`
        select least(count(*), 10) as population from (
          select from public.calls as c where ${org}::uuid is null or c.org_id = ${org} limit 10) as x`,
      sql: sql`
        select v.id, v.created_at, not ${withheld(sql`v.phone_number`)} as numbered,
               case when v.resolved_caller_name like '+%' then 'Phone fallback (OK)'
                    when v.resolved_caller_name = 'Unknown' then 'FAIL - No contact, no phone'
                    else 'PASS - Real name from contact' end as resolution_status
        from public.calls_with_caller_names as v
        where ${org}::uuid is null or v.org_id = ${org}
        order by v.created_at desc, v.id
        limit 10`,
    }),
    defineScanCheck({
      id: "contact-name",
      claim: "a call with a contact shows that contact's name of this moment",
      hint: remake,
      scan: "calls",
      row: shownRow,
      population: sql`r.linked and r.own_contact`,
      breaking: sql`not r.shows_contact`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "name-source",
      claim: "a name is said to be a contact's only where it is",
      hint: remake,
      scan: "calls",
      row: shownRow,
      population: sql`r.source_contact`,
      breaking: sql`not (r.linked and r.own_contact)`,
      sample: asShownRow,
    }),
    defineProbe({
      id: "rename",
      claim: "a renamed contact is shown with its new name at once",
      hint: remake,
      needs: ["view", "source", "uniqueIndex"],
      probe: async ({ sql: session, orgId }) => {
        const call = probeCall(orgId, 1);
        const { callId, contactId } = await takeCall(session, call);
        const names: (string | undefined)[] = [];
        for (const name of [`${probeName} Before`, `${probeName} After`]) {
          await session`update public.contacts set name = ${name} where id = ${contactId} and org_id = ${orgId}`;
          // By its number, which nobody else has: a borrowed organisation may have later calls.
          const { calls } = await listCalls(session, { orgId, page: 1, limit: 2, search: call.number });
          names.push(calls.find(({ id }) => id === callId)?.caller_name);
        }
        const held = names[0] === `${probeName} Before` && names[1] === `${probeName} After`;
        return { population: 1, broken: held ? 0 : 1, actual: held ? "the new name" : "not the new name" };
      },
    }),
  ],
});
