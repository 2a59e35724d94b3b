import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { SsotError } from "../../model/errors.ts";

/** A part of a dump, in the order in which it is restored. */
export type Section = "pre-data" | "data" | "post-data";

export interface SectionOptions {
  readonly section: Section;
  /** An exported snapshot of the target, which all parts share. */
  readonly snapshot: string;
  /** Relations to leave out, as PostgreSQL writes their names, quoted in full. */
  readonly leftOut: readonly string[];
  /** How long pg_dump waits for a lock of a table, in ms. */
  readonly lockWaitMs: number;
  /** The whole environment of pg_dump, and of pg_restore. */
  readonly from: Readonly<Record<string, string>>;
  readonly to: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  /** Hears how many bytes have passed. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Copies a part of a database from pg_dump to pg_restore; what cannot be made there is passed over, and nothing they say is shown, for rows
 * stand in it. Throws LOCK_TIMEOUT where a table of the target was locked, PREFLIGHT where pg_dump ended otherwise, and INTERRUPTED.
 * It is this process that carries the bytes: when it dies, both end.
 */
export async function copySection(options: SectionOptions): Promise<void> {
  const { signal, onBytes } = options;
  const [dump, restore] = [spawnDump(options), spawnRestore(options)];
  const stop = (): void => {
    dump.kill();
    restore.kill();
  };
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  let said = "";
  let bytes = 0;
  dump.stderr.on("data", (text: Buffer) => {
    said = (said + text.toString()).slice(-20_000);
  });
  restore.stderr.resume();
  restore.stdout.resume();
  dump.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    onBytes?.(bytes);
  });
  try {
    // Where pg_restore ended before pg_dump, its own end tells why.
    const carried = pipeline(dump.stdout, restore.stdin).catch(() => {});
    const [dumped] = await Promise.all([endOf(dump), endOf(restore), carried]);
    if (signal?.aborted) {
      throw new SsotError("INTERRUPTED", "interrupted; the target was only read, and the copy goes away");
    }
    if (dumped !== 0) throw dumpFailure(said, options);
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

function spawnDump({ section, snapshot, leftOut, lockWaitMs, from }: SectionOptions) {
  const args = [
    ...["--format=custom", "--compress=0", "--no-password", "--quote-all-identifiers", "--no-subscriptions"],
    ...["--no-security-labels", "--no-blobs", `--section=${section}`, `--snapshot=${snapshot}`],
    ...[`--lock-wait-timeout=${lockWaitMs}`, ...leftOut.map((name) => `--exclude-table=${name}`)],
  ];
  return spawn("pg_dump", args, { env: from, stdio: ["ignore", "pipe", "pipe"] });
}

function spawnRestore({ to }: SectionOptions) {
  // An empty name is that of the environment, and makes it restore instead of print.
  const args = ["--dbname=", "--no-password", "--no-tablespaces", "--no-subscriptions", "--no-security-labels"];
  return spawn("pg_restore", args, { env: to, stdio: ["pipe", "pipe", "pipe"] });
}

async function endOf(child: ChildProcess): Promise<number | null> {
  try {
    const [code] = await once(child, "close");
    return typeof code === "number" ? code : null;
  } catch {
    return null;
  }
}

function dumpFailure(said: string, { section }: SectionOptions): SsotError {
  if (/canceling statement due to lock timeout/.test(said)) return lockedTarget();
  return new SsotError("PREFLIGHT", `pg_dump could not read the ${section} of the target`, {
    hint: "What it says may have rows in it and is not shown: run pg_dump by hand with the same role. The target was only read; the copy is gone.",
  });
}

/** What somebody's lock of a table comes to. */
export function lockedTarget(): SsotError {
  return new SsotError("LOCK_TIMEOUT", "a table of the target was locked for too long while a copy was to be made", {
    hint: "Run again at a quieter time. The target was only read; the copy is gone.",
  });
}
