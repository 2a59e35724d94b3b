import type { Effects } from "../model/migration.ts";
import { type PlannedLinks, type UnlinkedReason, unlinkedReasons } from "../model/unlinked.ts";
import { countOf, formatCount } from "./format.ts";

/** What a migration did or would do to rows: `6 calls linked · 5 stay unlinked`. Empty when it touches none. */
export function describeEffects(effects: Effects): string {
  const { callsLinked, callsUnlinked, namesReplaced, namesRescued } = effects;
  return [
    some(callsLinked, (n) => `${countOf(n, "call")} linked`),
    some(callsUnlinked, (n) =>
      callsLinked ? `${formatCount(n)} stay unlinked` : `${countOf(n, "call")} without a contact`,
    ),
    some(effects.contactsQuarantined, (n) => `${countOf(n, "contact")} set aside`),
    some(effects.contactsMerged, (n) => `${countOf(n, "contact")} merged into another`),
    some(effects.phonesNormalised, (n) => `${countOf(n, "number")} normalised`),
    some(namesReplaced, (n) => `${countOf(n, "name")} replaced${some(namesRescued, rescued).join("")}`),
    namesReplaced ? [] : some(namesRescued, (n) => `${countOf(n, "name")} rescued from calls`),
    some(effects.valuesArchived, (n) => `${countOf(n, "value")} archived`),
  ]
    .flat()
    .join(" · ");
}

/** Why calls stay without a contact: `2 without a number · 4 whose number no contact has`. Empty when there are none. */
export function describeUnlinked(unlinked: PlannedLinks["unlinked"]): string {
  const words: Readonly<Record<UnlinkedReason, string>> = {
    noContact: "whose number no contact has",
    withheldNumber: "with a withheld number",
    unreadableNumber: "with a number that nobody can read",
    noNumber: "without a number",
    noOrganisation: "whose organisation is not there",
  };
  return unlinkedReasons
    .flatMap((reason) => some(unlinked[reason], (n) => `${formatCount(n)} ${words[reason]}`))
    .join(" · ");
}

/** What a rollback put back or kept: `6 links · 2 names`. Empty when there is nothing. */
export function describeRestored(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([what, n]) => {
      const [noun, nouns] = nounsOf[what] ?? [what, what];
      return countOf(n, noun, nouns);
    })
    .join(" · ");
}

/** The sum of counts of any kind. */
export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

const nounsOf: Readonly<Record<string, readonly [string, string]>> = {
  callsLinked: ["link of a call", "links of calls"],
  callsUnlinked: ["call without a contact", "calls without a contact"],
  contactsQuarantined: ["contact set aside", "contacts set aside"],
  contactsMerged: ["merged contact", "merged contacts"],
  phonesNormalised: ["number", "numbers"],
  namesReplaced: ["name", "names"],
  namesRescued: ["rescued name", "rescued names"],
  valuesArchived: ["value", "values"],
  references: ["reference to a contact", "references to contacts"],
  views: ["view", "views"],
  contactSources: ["source of a contact", "sources of contacts"],
  contactValues: ["value of a contact", "values of contacts"],
  numbersFilled: ["filled number", "filled numbers"],
  auditRows: ["audited write", "audited writes"],
  lastWrites: ["trace of a write", "traces of writes"],
  startDates: ["start date of a deprecation", "start dates of deprecations"],
  readers: ["known reader", "known readers"],
  readerSamples: ["look at who reads", "looks at who reads"],
  excusedRoles: ["excused role", "excused roles"],
  verificationRuns: ["recorded verification", "recorded verifications"],
  finalizations: ["record of ssot finalize", "records of ssot finalize"],
  linksOfLaterCalls: ["link of a call that came since", "links of calls that came since"],
  indexes: ["index", "indexes"],
  rules: ["CHECK", "CHECKs"],
  columns: ["column", "columns"],
  schemas: ["schema", "schemas"],
};

function rescued(n: number): string {
  return ` (${formatCount(n)} rescued from calls)`;
}

function some(n: number | undefined, words: (n: number) => string): readonly string[] {
  return n === undefined || n === 0 ? [] : [words(n)];
}
