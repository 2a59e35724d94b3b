import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, connect } from "../../db/connection.ts";
import { identifyDatabase } from "../../db/queries/database-identity.ts";
import { countWriters, countWrittenRows } from "../../db/queries/rehearsal/measures.ts";
import { findRehearsalSchema } from "../../db/queries/rehearsal/original.ts";
import { seesMark, takeMark } from "../../db/queries/rehearsal/same-database.ts";
import { readSessionFacts } from "../../db/queries/session-facts.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";

const makeOne = "Make a copy: create database NAME template …, a branch, or a restored backup. Nothing was changed.";

/**
 * Throws PREFLIGHT where the copy is the target, by whatever host name, where that cannot be told, and where the copy is a standby. The
 * target is only read.
 */
export async function refuseTarget(copy: Connection, target: Target | undefined): Promise<void> {
  if ((await readSessionFacts(copy.sql)).standby) {
    throw new SsotError("PREFLIGHT", "the copy is a standby and can only be read", { hint: makeOne });
  }
  if (target === undefined) return;
  const other = await connect(target);
  try {
    await other.execute("begin isolation level read committed, read only");
    const mark = [randomInt(2 ** 31), randomInt(2 ** 31)] as const;
    const isSame = await copy.inTransaction(async () => {
      await takeMark(copy.sql, mark);
      return seesMark(other.sql, mark);
    });
    if (isSame) {
      throw new SsotError("PREFLIGHT", "the copy is the target itself: both names lead to one database", {
        hint: makeOne,
      });
    }
    await refuseItsPrimary(copy, other);
  } finally {
    await other.close();
  }
}

// A standby shows no lock of its primary, so that a target that is one does not tell whose copy this is.
async function refuseItsPrimary(copy: Connection, target: Connection): Promise<void> {
  if (!(await readSessionFacts(target.sql)).standby) return;
  const [ours, theirs] = [await identifyDatabase(copy.sql, []), await identifyDatabase(target.sql, [])];
  const differs =
    ours.systemIdentifier !== null &&
    theirs.systemIdentifier !== null &&
    ours.systemIdentifier !== theirs.systemIdentifier;
  if (differs || ours.name !== theirs.name || ours.oid !== theirs.oid) return;
  throw new SsotError("PREFLIGHT", "the target is a standby, and the copy may be its primary", {
    hint: "Name the primary with --for, so that it can be told. Nothing was changed.",
  });
}

const lookForMs = 1000;
const lookEveryMs = 10;
const looks = 4;

/**
 * Throws PREFLIGHT where others write to the copy: what they write would be compared, and its figures would be theirs. A session tells
 * the statistics of its writes late, so that one quiet second is enough.
 */
export async function refuseWrittenCopy({ sql }: Connection, ours: readonly string[]): Promise<void> {
  for (let look = 0; look < looks; look += 1) {
    const written = await countWrittenRows(sql);
    let writers = 0;
    for (const until = performance.now() + lookForMs; performance.now() < until; ) {
      writers += (await countWriters(sql, ours)).here;
      await sleep(lookEveryMs);
    }
    if (writers === 0 && (await countWrittenRows(sql)) === written) return;
  }
  throw disturbed("Nothing was changed.");
}

/** What a copy is of no use for that others write to. */
export function disturbed(left: string): SsotError {
  return new SsotError("PREFLIGHT", "somebody else writes to the copy", {
    hint: `End those sessions, or make a copy that nobody uses. ${left}`,
  });
}

/** Whether an earlier rehearsal was cut off here. Throws PREFLIGHT where its traces are somebody else's. */
export async function findTraces({ sql }: Connection): Promise<boolean> {
  const found = await findRehearsalSchema(sql);
  if (found === null) return false;
  if (found.ours) return true;
  throw new SsotError("PREFLIGHT", `schema ssot_rehearsal belongs to role ${found.owner}`, {
    hint: "Go on with that role, or make a new copy. Nothing was changed.",
  });
}
