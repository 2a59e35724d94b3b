// Who calls: what each case sends, in Node and as the lines of a pgbench script.
import { randomInt } from "node:crypto";
import { knownCallers, organisations } from "./database.ts";
import { callIdOf, type SentCall } from "./sample.ts";

export type Kind = "known" | "new" | "identical" | "changing";

/** One run of one way. */
export interface Run {
  /** Four digits that stand in the ids of its new calls. */
  readonly phase: string;
  readonly connections: number;
  /** The first of the stored calls that it repeats. */
  readonly offset: number;
  /** Its changes are greater than those of earlier runs. */
  readonly base: number;
}

export interface Case {
  readonly label: string;
  /** The n-th event of one of `run.connections` workers. */
  readonly next: (worker: number, turn: number, run: Run) => SentCall;
  readonly script: string;
  /** Of the numbers that the script makes. */
  readonly country: string;
  /** It sends stored calls again. */
  readonly repeats: boolean;
}

/** Calls that are there before the repeats come. */
export const storedCalls = 20_000;

// Both ways of writing it have as many digits.
const firstVersion = 100_000_000_000;
const orgOfCaller = (n: number): number => 10 + (n % organisations);
const numberOfCaller = (n: number): string => `+1${2_000_000_000 + n}`;
const someCall = (): string => String(10_000_000_000_000_000n + BigInt(randomInt(2 ** 47)) * 639n);

export const cases: Readonly<Record<Kind, Case>> = {
  known: {
    label: "known caller, new call",
    next: (_worker, _turn, { phase }) => {
      const caller = randomInt(1, knownCallers + 1);
      return {
        org: orgOfCaller(caller),
        callId: callIdOf(phase, someCall()),
        number: numberOfCaller(caller),
        version: firstVersion,
      };
    },
    script: `\\set caller random(1, ${knownCallers})
\\set org 10 + :caller % ${organisations}
\\set tel 2000000000 + :caller
\\set rest random(10000000000000000, 99999999999999999)
\\set version ${firstVersion}`,
    country: "+1",
    repeats: false,
  },
  new: {
    label: "new caller",
    next: (_worker, _turn, { phase }) => ({
      org: randomInt(10, 10 + organisations),
      callId: callIdOf(phase, someCall()),
      number: `+49${randomInt(100_000_000_000, 1_000_000_000_000)}`,
      version: firstVersion,
    }),
    script: `\\set org random(10, ${9 + organisations})
\\set tel random(100000000000, 999999999999)
\\set rest random(10000000000000000, 99999999999999999)
\\set version ${firstVersion}`,
    country: "+49",
    repeats: false,
  },
  identical: {
    label: "identical repeat",
    next: (worker, turn, run) => repeatOf(worker, turn, run, firstVersion),
    script: repeatScript("0"),
    country: "+1",
    repeats: true,
  },
  changing: {
    label: "repeat that changes",
    next: (worker, turn, run) => repeatOf(worker, turn, run, firstVersion + run.base + turn),
    script: repeatScript(":base + :turn"),
    country: "+1",
    repeats: true,
  },
};

// Each worker goes through calls of its own, in order: two never meet in a row, and each change is one.
function repeatOf(worker: number, turn: number, { connections, offset }: Run, version: number): SentCall {
  const share = Math.floor(storedCalls / 2 / connections);
  return storedCall(offset + worker + connections * (turn % share), version);
}

function repeatScript(change: string): string {
  return `\\set turn :turn + 1
\\set caller :offset + :client_id + :connections * (:turn % :share)
\\set org 10 + :caller % ${organisations}
\\set tel 2000000000 + :caller
\\set rest 10000000000000000 + :caller
\\set version ${firstVersion} + ${change}`;
}

/** A call that is stored before the repeats come; the first half repeats the same, the second half changes. */
export function storedCall(n: number, version = firstVersion): SentCall {
  return {
    org: orgOfCaller(n),
    callId: callIdOf("0000", String(10_000_000_000_000_000n + BigInt(n))),
    number: numberOfCaller(n),
    version,
  };
}
