import { type Fragment, sql } from "./fragment.ts";

/** How many calls have a contact, in one direction. */
export interface DirectionCoverage {
  readonly direction: "inbound" | "outbound";
  readonly total: number;
  readonly linked: number;
  /** linked of total, in percent with one decimal; null where there is no call. */
  readonly pct: number | null;
  /** Calls that can be linked: inbound with a possible number, outbound with a contact or a contact's number. */
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

/** Condition: calls of a direction that can be linked. */
export const linkable = {
  inbound: sql`r.inbound and r.possible`,
  outbound: sql`not r.inbound and (r.linked or r.known and r.possible)`,
};

/** What the scan of calls counts for the coverage, by name. */
export const coverageCounts: ReadonlyMap<string, Fragment> = new Map([
  ...directions.flatMap((direction): (readonly [string, Fragment])[] => [
    [`total ${direction}`, inDirection[direction]],
    [`linked ${direction}`, sql`${inDirection[direction]} and r.linked`],
    [`linkable ${direction}`, linkable[direction]],
    [`linkable-linked ${direction}`, sql`${linkable[direction]} and r.linked`],
    ...reasonNames.map((reason): readonly [string, Fragment] => [
      `${reason} ${direction}`,
      sql`${inDirection[direction]} and not r.linked and ${reasons[reason]}`,
    ]),
  ]),
  ...sources.map((source): readonly [string, Fragment] => [`source ${source}`, nameSource[source]]),
]);

/** The coverage from those counts. */
export function coverageOf(count: (name: string) => number): Coverage {
  return {
    directions: directions.map((direction) => {
      const total = count(`total ${direction}`);
      const linked = count(`linked ${direction}`);
      return {
        direction,
        total,
        linked,
        pct: total === 0 ? null : Math.round((1000 * linked) / total) / 10,
        linkable: count(`linkable ${direction}`),
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
