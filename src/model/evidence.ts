/** A database by name, safe to print. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** What makes a report evidence: when, by what, on what, how. No secret is in it. */
export interface Evidence {
  /** Null where the command line could not be read so far. */
  readonly command: string | null;
  /**
   * When the command began.
   *
   * @format date-time
   */
  readonly at: Date;
  /** Version of ssot. */
  readonly tool: string;
  /** Version of PostgreSQL, as people say it: `17.4`; null where none was asked. */
  readonly server: string | null;
  /** Null where no database was asked. */
  readonly target: Place | null;
  /** What was asked for, defaults included, as far as it changes what the report means. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly durationMs: number;
}

/** Evidence, and how it is shown to people. */
export interface ShownEvidence extends Evidence {
  /** The options of the command line, as they were typed. */
  readonly given: readonly string[];
  /** What has told the reader the target already: the report itself, or his terminal; null: nothing. */
  readonly targetToldBy: "report" | "terminal" | null;
}

/** `database on host:port as user`. */
export function describePlace({ host, port, database, user }: Place): string {
  const isAddress = host.includes(":") && !host.startsWith("/");
  return `${database} on ${isAddress ? `[${host}]` : host}:${port} as ${user}`;
}

/** The name alone of what has more to it, a password perhaps. */
export function placeOf({ host, port, database, user }: Place): Place {
  return { host, port, database, user };
}

/**
 * A report as a document that is evidence. What the report says itself stays as it says it; `command` comes first, findings
 * last.
 */
export function attest<R extends object>(report: R, evidence: ShownEvidence): R & Evidence {
  const { given: _, targetToldBy: __, ...told } = evidence;
  return { ...told, ...report };
}

/** The same evidence with what the report says itself of how long it took. */
export function evidenceOf(report: object, evidence: ShownEvidence): ShownEvidence {
  const own = "durationMs" in report && typeof report.durationMs === "number";
  return own ? { ...evidence, durationMs: Number(report.durationMs) } : evidence;
}
