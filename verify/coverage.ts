import { z } from "zod";
import { linkable } from "../src/checks/coverage.ts";
import { defineRead, defineScanCheck, defineSuite, plainText } from "../src/checks/define.ts";
import { sql } from "../src/checks/fragment.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import { compareWithLastRun } from "../src/checks/trend.ts";
import { lostNames } from "./lost-names.ts";
import { newNumbers, newSpellings } from "./new-numbers.ts";
import { asShownRow, shownRow } from "./shown-rows.ts";

const link = "ssot migrate links what can be linked; then see the coverage by reason";
const handler = "The webhook handler writes something else than the library does: compare it with ssot/webhook";

/** Whether the calls that can have a contact have one. */
export const coverage = defineSuite({
  id: "coverage",
  title: "calls have a contact, as far as they can",
  checks: [
    defineScanCheck({
      id: "inbound",
      claim: "inbound calls from before the migration are linked where their number has a contact",
      quotes: ["inbound:  55%+ coverage (5/11 calls minimum)", "Inbound: ~55% (5/11 calls have matching contacts)"],
      hint: link,
      scan: "calls",
      row: shownRow,
      population: linkable.inboundBefore,
      breaking: sql`not r.linked`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "outbound",
      claim: "outbound calls to a contact's number are linked",
      quotes: ["outbound: 100% coverage", "Outbound: 100% (already set by webhook)"],
      hint: link,
      scan: "calls",
      row: shownRow,
      population: linkable.outbound,
      breaking: sql`not r.linked`,
      sample: asShownRow,
    }),
    defineScanCheck({
      id: "inbound-since",
      claim:
        "inbound calls since the migration that have a possible number are linked, unless their contact was deleted",
      quotes: ["✅ 100% contact_id coverage for inbound calls (after auto-create)"],
      hint: `The webhook handler does not link its calls, or is not the new one. ${link}`,
      after: migrationNames.deprecate,
      scan: "calls",
      row: shownRow,
      population: linkable.inboundSince,
      breaking: sql`not r.linked`,
      sample: asShownRow,
      withoutErased: true,
    }),
    defineRead({
      id: "numbers",
      claim:
        "in no organisation do inbound calls of the last week come without a number, fifty and twice as often as before",
      hint: `${handler}. The number may stand in another column of these calls`,
      after: migrationNames.deprecate,
      schema: z.object({ org_id: z.guid(), calls: z.number(), share: z.number(), before: z.number().nullable() }),
      look: newNumbers,
    }),
    defineRead({
      id: "spellings",
      claim: "inbound calls since the migration have their number in E.164, where it can be read",
      hint: `${handler}. ssot migrate links no call whose number is spelt in another way`,
      after: migrationNames.deprecate,
      schema: shownRow,
      look: newSpellings,
    }),
    defineRead({
      id: "names",
      claim: "contacts that had a name when the last good run was recorded still have one, but for some",
      hint: "Something sets names of contacts to their numbers, such as a sync: find out what writes contacts.name. Meant so? Record one run with --threshold coverage.names=1",
      threshold: 0.1,
      schema: z.object({ org_id: z.guid().nullable(), named: z.number(), lost: z.number() }),
      look: lostNames,
    }),
    defineRead({
      id: "unlinked",
      claim: "no call stays without a contact",
      severity: "warn",
      hint: "Withheld numbers and callees that are no contact cannot be linked: nothing to do. A contact that has the number: ssot migrate links",
      schema: z.object({ direction: plainText, reason: plainText, calls: z.number() }),
      look: async ({ coverage: ask }) => {
        const found = ask();
        if (found === undefined) return { population: 0, broken: 0, skip: "the calls could not be counted" };
        const total = found.directions.reduce((sum, direction) => sum + direction.total, 0);
        const unlinked = found.unlinked.reduce((sum, { calls }) => sum + calls, 0);
        return { population: total, broken: unlinked, rows: found.unlinked.map((row) => ({ ...row })) };
      },
    }),
    defineRead({
      id: "trend",
      claim: "no share of linked calls has fallen since the last good recorded run",
      hint: "Links were lost, or new calls come without: look at the coverage by reason, and at who deletes contacts. Meant so? Record one run with --threshold coverage.trend=1",
      threshold: 0.001,
      schema: z.object({ direction: plainText, before: z.number(), now: z.number() }),
      look: compareWithLastRun,
    }),
  ],
});
