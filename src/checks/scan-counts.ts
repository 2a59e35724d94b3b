import type { Connection } from "../db/connection.ts";
import { sqlStateOf } from "../db/connection-error.ts";
import type { Scope } from "./ask.ts";
import { conditionsOf, countInScan, type ScanCount } from "./ask-scan.ts";
import { type Coverage, counted, coverageCounts, coverageOf } from "./coverage.ts";
import type { ScanCheck } from "./define.ts";
import { countErased } from "./erased-contacts.ts";
import type { Fragment } from "./fragment.ts";
import type { ScanName } from "./scans.ts";
import { attempt } from "./sessions.ts";

type Counted = { readonly count: ScanCount; readonly ms: number } | { readonly failure: unknown };

/** A claim about rows, by `suite.check`. */
export interface KeyedScan {
  readonly key: string;
  readonly check: ScanCheck;
}

/** What claims about rows came to: each table is read in one pass for all of them. */
export class ScanCounts {
  /** Known once the calls were counted. */
  coverage: Coverage | undefined;
  /** How many calls there are of what the coverage counts besides; none where they were not counted. */
  #further: ReadonlyMap<string, number> = new Map();
  #erased = 0;
  readonly #session: Connection;
  readonly #scope: Scope;
  readonly #counted = new Map<string, Counted>();

  constructor(session: Connection, scope: Scope) {
    this.#session = session;
    this.#scope = scope;
  }

  get(key: string): Counted | undefined {
    return this.#counted.get(key);
  }

  further(name: string): number | undefined {
    return this.#further.get(name);
  }

  async count(checks: readonly KeyedScan[]): Promise<void> {
    for (const scan of ["calls", "contacts"] as const) {
      const mine = checks.filter(({ check }) => check.scan === scan);
      if (mine.length > 0) await this.#scanTable(scan, mine);
    }
  }

  async #scanTable(scan: ScanName, checks: readonly KeyedScan[]): Promise<void> {
    const conditions = checks.flatMap(({ key, check }) => [...conditionsOf(key, check)]);
    const extra = scan === "calls" ? coverageCounts : new Map<string, Fragment>();
    const began = performance.now();
    try {
      const counts = await this.#count(scan, new Map([...conditions, ...extra]));
      const ms = (performance.now() - began) / checks.length;
      if (scan === "calls") await this.#cover(counts);
      for (const { key, check } of checks) this.#counted.set(key, { count: this.#countOf(counts, key, check), ms });
    } catch (failure) {
      // What takes too long together, or is locked, is not asked one by one for as many times as long.
      if (["57014", "55P03"].includes(sqlStateOf(failure) ?? "")) {
        for (const { key } of checks) this.#counted.set(key, { failure });
        return;
      }
      // One of them cannot be asked: each for itself, so that it hides no other.
      if (scan === "calls") {
        const counts = await this.#count(scan, coverageCounts).catch(() => undefined);
        if (counts !== undefined) await this.#cover(counts);
      }
      for (const { key, check } of checks) {
        const since = performance.now();
        try {
          const counts = await this.#count(scan, conditionsOf(key, check));
          this.#counted.set(key, { count: this.#countOf(counts, key, check), ms: performance.now() - since });
        } catch (failure) {
          this.#counted.set(key, { failure });
        }
      }
    }
  }

  #count(scan: ScanName, conditions: ReadonlyMap<string, Fragment>): Promise<ReadonlyMap<string, number>> {
    return attempt(this.#session, () => countInScan(this.#session.sql, scan, conditions, this.#scope));
  }

  async #cover(counts: ReadonlyMap<string, number>): Promise<void> {
    this.#further = counts;
    if ((counts.get(counted.perhapsErased) ?? 0) > 0) {
      this.#erased = await attempt(this.#session, () => countErased(this.#session.sql, this.#scope));
    }
    this.coverage = coverageOf((name) => counts.get(name) ?? 0, this.#erased);
  }

  #countOf(counts: ReadonlyMap<string, number>, key: string, { withoutErased }: ScanCheck): ScanCount {
    const erased = withoutErased === true ? this.#erased : 0;
    return {
      population: (counts.get(`${key} population`) ?? 0) - erased,
      broken: (counts.get(`${key} broken`) ?? 0) - erased,
    };
  }
}
