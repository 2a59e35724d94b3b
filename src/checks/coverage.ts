import { type Fragment, sql } from "./fragment.ts";

/** How many calls have a contact, in one direction. */
export interface DirectionCoverage {
  readonly direction: "inbound" | "outbound";
  readonly total: number;
  readonly linked: number;
  /** linked of total, in percent with one decimal; null where there is no call. */
  readonly pct: number | null;
  /**
   * Calls that can be linked: those with a contact, or with the number of one that was there; of inbound calls since the
   * migration those with a possible number, whose contact was not deleted since.
   */
  readonly linkable: number;
  readonly linkableLinked: number;
}

/** Calls of one direction without contact, by what keeps them so. */
interface UnlinkedCalls {
  readonly direction: "inbound" | "outbound";
  /** no-number; not-e164: withheld or unreadable; no-such-contact; not-linked: a contact has the number. */
  readonly reason: "no-number" | "not-e164" | "no-such-contact" | "not-linked";
  readonly calls: number;
}

export interface Coverage {
  readonly directions: readonly DirectionCoverage[];
  /** Calls by where the shown name comes from. */
  readonly nameSources: readonly { readonly source: "contact" | "phone" | "unknown"; readonly calls: number }[];
  readonly unlinked: readonly UnlinkedCalls[];
}

const directions = ["inbound", "outbound"] as const;
const sources = ["contact", "phone", "unknown"] as const;
const reasons = {
  "no-number": sql`not r.numbered`,
  "not-e164": sql`r.numbered and not r.possible`,
  "no-such-contact": sql`r.possible and not r.known`,
  "not-linked": sql`r.known and r.possible`,
} as const;
const reasonNames = ["no-number", "not-e164", "no-such-contact", "not-linked"] as const;

const nameSource = { contact: sql`r.source_contact`, phone: sql`r.source_phone`, unknown: sql`r.source_unknown` };
const inDirection = { inbound: sql`r.inbound`, outbound: sql`not r.inbound` };

/** Condition: calls that can be linked. Calls from a browser are nobody's. */
export const linkable = {
  inboundBefore: sql`r.inbound and not r.since_migration and not r.test and (r.linked or r.missed)`,
  inboundSince: sql`r.inbound and r.since_migration and not r.test and r.possible`,
  outbound: sql`not r.inbound and not r.test and (r.linked or r.missed)`,
};

const linkableIn = {
  inbound: sql`((${linkable.inboundBefore}) or (${linkable.inboundSince}))`,
  outbound: linkable.outbound,
};

/** Counts besides those of the coverage. */
export const counted = {
  /** Inbound calls since the migration without a contact, although they could have one: perhaps it was deleted. */
  perhapsErased: "perhaps erased",
  /** Inbound calls of the last week without a number. */
  recentNumberless: "recent numberless",
  /** Inbound calls since the migration whose number is no E.164. */
  recentSpellings: "recent spellings",
} as const;

/** What the scan of calls counts for the coverage, by name. */
export const coverageCounts: ReadonlyMap<string, Fragment> = new Map([
  ...directions.flatMap((direction): (readonly [string, Fragment])[] => [
    [`total ${direction}`, inDirection[direction]],
    [`linked ${direction}`, sql`${inDirection[direction]} and r.linked`],
    [`linkable ${direction}`, linkableIn[direction]],
    [`linkable-linked ${direction}`, sql`${linkableIn[direction]} and r.linked`],
    ...reasonNames.map((reason): readonly [string, Fragment] => [
      `${reason} ${direction}`,
      sql`${inDirection[direction]} and not r.linked and ${reasons[reason]}`,
    ]),
  ]),
  ...sources.map((source): readonly [string, Fragment] => [`source ${source}`, nameSource[source]]),
  [counted.perhapsErased, sql`${linkable.inboundSince} and not r.linked and not r.known`],
  [counted.recentNumberless, sql`r.inbound and r.recent and not r.test and not r.numbered`],
  [
    counted.recentSpellings,
    sql`r.inbound and r.since_migration and not r.test and not r.withheld and not r.inside and not r.possible`,
  ],
]);

/** The coverage from those counts; `erased` calls lost their contact because it was deleted. */
export function coverageOf(count: (name: string) => number, erased: number): Coverage {
  return {
    directions: directions.map((direction) => {
      const total = count(`total ${direction}`);
      const linked = count(`linked ${direction}`);
      return {
        direction,
        total,
        linked,
        pct: total === 0 ? null : Math.round((1000 * linked) / total) / 10,
        linkable: count(`linkable ${direction}`) - (direction === "inbound" ? erased : 0),
        linkableLinked: count(`linkable-linked ${direction}`),
      };
    }),
    nameSources: sources.map((source) => ({ source, calls: count(`source ${source}`) })),
    unlinked: directions.flatMap((direction) =>
      reasonNames
        .map((reason) => ({ direction, reason, calls: count(`${reason} ${direction}`) }))
        .filter(({ calls }) => calls > 0),
    ),
  };
}
