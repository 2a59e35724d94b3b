import type { UpgradeStateName } from "../support/upgrade-fixtures.ts";

/** What 0.1.0 ended with, and what it said, on the database that it had left. */
export interface Expected {
  readonly verify: { readonly exitCode: 0 | 1; readonly why: string };
  readonly audit: { readonly exitCode: 0 | 3; readonly why: string };
  /** Whether the drop's gate is open, or closed by the month, or the drop is done. */
  readonly drop: "open" | "closed" | "done";
  /** What a rollback could no longer restore; undefined: everything comes back. */
  readonly lost?: readonly string[];
}

const half = { exitCode: 1, why: "Phase 1 is not complete" } as const;
const whole = { exitCode: 0, why: "Phase 1 holds" } as const;
const none = { exitCode: 3, why: "nothing is deprecated" } as const;
const silent = { exitCode: 0, why: "a month without a write" } as const;
const gone = { exitCode: 0, why: "the columns are gone" } as const;

const lost = [
  "17 calls that had no contact, or another one",
  "8 numbers of calls as they were written",
  "7 numbers of contacts as they were written",
  "3 names of contacts that were replaced",
  "37 steps by which contacts were merged or set aside",
  "5 audit rows",
];

/** `status` ended with 0 on each. */
export const expected: Readonly<Record<UpgradeStateName, Expected>> = {
  "migration-1": { verify: half, audit: none, drop: "closed" },
  "migration-2": { verify: half, audit: none, drop: "closed" },
  "migration-3": { verify: half, audit: none, drop: "closed" },
  "migration-4": { verify: whole, audit: silent, drop: "open" },
  search: { verify: whole, audit: silent, drop: "open" },
  dropped: { verify: whole, audit: gone, drop: "done" },
  finalized: { verify: whole, audit: silent, drop: "open", lost },
  "dropped-finalized": {
    verify: whole,
    audit: gone,
    drop: "done",
    lost: [...lost, "32 values of the dropped columns"],
  },
  "interrupted-link-calls": { verify: half, audit: none, drop: "closed" },
  "interrupted-drop": { verify: { exitCode: 1, why: "the drop is half-way" }, audit: silent, drop: "open" },
  psql: { verify: { exitCode: 1, why: "a call that waits is not linked" }, audit: silent, drop: "open" },
  "by-hand": { verify: whole, audit: silent, drop: "open" },
  "by-hand-drop-failed": { verify: { exitCode: 1, why: "the drop is half-way" }, audit: silent, drop: "open" },
  "set-aside": { verify: whole, audit: silent, drop: "open" },
  "rolled-back": { verify: half, audit: none, drop: "closed" },
};
