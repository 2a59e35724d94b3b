import type { Sql } from "postgres";
import { z } from "zod";
import type { GateReason } from "../db/queries/gate.ts";
import type { Readers } from "../db/queries/readers.ts";
import type { AnswerRow, Scope } from "./ask.ts";
import type { Coverage } from "./coverage.ts";
import type { EngineFacts, Statement } from "./engine-facts.ts";
import type { Fragment } from "./fragment.ts";
import type { NeededObject } from "./objects.ts";
import type { Probe } from "./probe.ts";
import type { RecordedRun } from "./records.ts";
import type { ScanName } from "./scans.ts";

/** What a broken claim is worth: a fail stops a deploy, a warn needs a look. */
export type Severity = "fail" | "warn";

interface Claim {
  /** Lower-case words with dashes, unique in its suite. */
  readonly id: string;
  /** The claim, in one sentence that is true when the check passes. */
  readonly claim: string;
  /** What a broken claim is worth; "fail" where nothing is said. */
  readonly severity?: Severity;
  /** What to do when the claim is broken. */
  readonly hint: string;
  /** Lines of the mission document that this check asserts, word by word. */
  readonly quotes?: readonly string[];
  /** Without these objects there is nothing to look at: the check is skipped, and the one that misses them fails. */
  readonly needs?: readonly NeededObject[];
  /** The migration that makes the claim true; `ssot migrate` checks it as soon as that one is applied. */
  readonly after?: string;
  /** The migration that ends the claim. */
  readonly until?: string;
  /** Asked by `ssot migrate` of what it applied. */
  readonly postcondition?: true;
  /** What is expected, where that is not plain from the claim. */
  readonly expected?: string;
}

/** One row of an answer, and whether it breaks the claim. */
interface ReadRow {
  readonly row: AnswerRow;
  readonly breaks: boolean;
}

interface TypedRows {
  readonly schema: z.ZodObject;
  /** Holds a row of the server to the schema. Throws a ZodError. */
  readonly read: (row: unknown) => ReadRow;
}

/** A statement that gives the rows which break the claim. */
export interface QueryCheck extends Claim, TypedRows {
  readonly kind: "query";
  readonly sql: Statement;
  /** How much was looked at: a number of objects, or a statement that counts (column `population`). */
  readonly population: number | Statement;
}

/** A claim about the rows of a table, counted in one scan together with all others about it. */
export interface ScanCheck extends Claim, TypedRows {
  readonly kind: "scan";
  readonly scan: ScanName;
  /** Condition: the rows that the claim is about. */
  readonly population: Fragment;
  /** Condition: those among them that break it. */
  readonly breaking: Fragment;
  /** Select list for the rows that are shown. */
  readonly sample: Fragment;
  /** The share of the population that has to hold, 0–1; its name for `--threshold` is `suite.check`. */
  readonly least: number;
  /** Calls whose contact was deleted since are none of the population, and break nothing. */
  readonly withoutErased?: true;
}

/** What a look found. */
export interface Finding {
  readonly population: number;
  readonly broken: number;
  readonly rows?: readonly AnswerRow[];
  readonly expected?: string;
  readonly actual?: string;
  /** What this finding is worth, where that is less than the check's severity. */
  readonly severity?: Severity;
  /** Why there was nothing to find out. */
  readonly skip?: string | undefined;
}

/** What a look may use. The session is in a read-only transaction with one snapshot. */
export interface Look {
  readonly sql: Sql;
  readonly scope: Scope;
  /** Names of the migrations that the ledger has. */
  readonly applied: ReadonlySet<string>;
  readonly facts: EngineFacts;
  readonly threshold: number;
  readonly coverage: () => Coverage | undefined;
  /** How many calls the scan counted of a kind; undefined: they were not counted. */
  readonly counted: (name: string) => number | undefined;
  /** The last good run that was recorded. */
  readonly recorded: RecordedRun | undefined;
  /** Puts a figure into the report's `metrics`. */
  readonly measure: (name: string, value: number) => void;
  /** What keeps the gate of a deprecation closed, by its migration: asked once for all checks. */
  readonly gate: (migration: string) => Promise<readonly GateReason[]>;
  /** Who is known to read what a migration deprecated, by the same evidence. */
  readonly readers: (migration: string) => Promise<Readers>;
  /** Runs work that may fail, such as another role's query, and takes back what it set. */
  readonly attempt: <T>(work: () => Promise<T>) => Promise<T>;
  readonly settings: VerifySettings;
}

/** How the database is asked, where that differs from one to another. */
export interface VerifySettings {
  readonly tenantRole: string;
  /** Somebody said how tenants ask: each has to see something. */
  readonly tenantConfigured?: boolean;
  /** Settings of a tenant's session; `{org}` stands for the organisation. */
  readonly tenantSettings: Readonly<Record<string, string>>;
  readonly dashboard: { readonly url: string; readonly token: string | undefined } | undefined;
}

/** A claim that takes more than one statement, and only reads. */
export interface ReadCheck extends Claim {
  readonly kind: "read";
  /** It becomes other roles, with settings of which something stays in the session: asked after all others. */
  readonly impersonates?: true;
  readonly threshold?: number;
  /** Of the rows, for what of them may be shown. */
  readonly schema?: z.ZodObject;
  readonly look: (look: Look) => Promise<Finding>;
}

/** A claim that something has to be written for: in a transaction that is always rolled back. */
export interface ProbeCheck extends Claim {
  readonly kind: "probe";
  /** It writes to the audit, too, and needs the tables themselves. */
  readonly audits?: true;
  /** It deletes as well, which a copy cannot stand for. */
  readonly deletes?: true;
  readonly threshold?: number;
  readonly schema?: z.ZodObject;
  readonly probe: (probe: Probe) => Promise<Finding>;
}

export type Check = QueryCheck | ScanCheck | ReadCheck | ProbeCheck;

export interface Suite {
  readonly id: string;
  readonly title: string;
  readonly checks: readonly Check[];
  /** Its checks measure time: they are asked while nothing else is. */
  readonly timed?: true | undefined;
  /** Why the whole suite is not judged today; undefined: it is. What would be broken is a warning before its day. */
  readonly notYet?: ((look: Look) => Promise<string | undefined>) | undefined;
}

/** Text that is nobody's name or number, such as a table's name: shown without `--show-rows`. */
export const plainText: z.ZodString = z.string().meta({ shown: true });

/** A check made of one statement. Its rows are those that break the claim, unless `breaks` says which do. */
export function defineCheck<S extends z.ZodObject>(
  check: Omit<QueryCheck, "kind" | "schema" | "read"> & {
    readonly row: S;
    readonly breaks?: (row: z.infer<S>) => boolean;
  },
): QueryCheck {
  const { row, breaks = () => true, ...rest } = check;
  return { ...rest, kind: "query", ...typedRows(row, breaks) };
}

/** A check that shares the scan of a table with others. */
export function defineScanCheck<S extends z.ZodObject>(
  check: Omit<ScanCheck, "kind" | "schema" | "read" | "least"> & { readonly row: S; readonly least?: number },
): ScanCheck {
  const { row, least = 1, ...rest } = check;
  return { ...rest, kind: "scan", least, ...typedRows(row, () => true) };
}

/** A check that reads in several steps. */
export function defineRead(check: Omit<ReadCheck, "kind">): ReadCheck {
  return { ...check, kind: "read" };
}

/** A check that writes, in a transaction that is always rolled back. */
export function defineProbe(check: Omit<ProbeCheck, "kind">): ProbeCheck {
  return { ...check, kind: "probe" };
}

/** A suite of checks; throws when two of them have one id. */
export function defineSuite(suite: Suite): Suite {
  const twice = suite.checks.find(({ id }, place) => suite.checks.findIndex((other) => other.id === id) !== place);
  if (twice !== undefined) throw new Error(`suite ${suite.id} has two checks ${twice.id}`);
  return suite;
}

function typedRows<S extends z.ZodObject>(schema: S, breaks: (row: z.infer<S>) => boolean): TypedRows {
  return {
    schema,
    read: (raw) => {
      const row = schema.parse(raw);
      return { row, breaks: breaks(row) };
    },
  };
}
