import { randomInt } from "node:crypto";
import { type Connection, connect } from "../../db/connection.ts";
import { identifyDatabase } from "../../db/queries/database-identity.ts";
import { readServerStart } from "../../db/queries/fleet/server-start.ts";
import { seesMark, takeMark } from "../../db/queries/rehearsal/same-database.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import type { Look } from "./look.ts";
import { type Member, serverOf } from "./member.ts";
import { type Ceilings, runPool } from "./run-pool.ts";

/** What one look at a target showed. */
export type Surveyed =
  | { readonly is: "work" }
  | { readonly is: "done" }
  | { readonly is: "same"; readonly as: Member }
  | { readonly is: "closed"; readonly error: SsotError };

interface Seen {
  readonly identity: string;
  readonly hasWork: boolean;
}

export interface SurveyOptions extends Ceilings {
  /** Whether something is left to do; undefined: the command always has. */
  readonly look: Look | undefined;
  readonly signal: AbortSignal;
  readonly onLooked: (count: number) => void;
}

/**
 * Looks once at every target, in a session that only reads: does it answer, is something left to do there, is it a database that was
 * listed before. Those that an interrupt left out are missing in the answer.
 */
export async function survey(
  members: readonly Member[],
  options: SurveyOptions,
): Promise<ReadonlyMap<Member, Surveyed>> {
  const seen = new Map<Member, Seen | SsotError>();
  const jobs = members.map((member) => ({
    sessions: new Map([[serverOf(member.target), 1]]),
    run: async () => {
      seen.set(member, await lookAt(member.target, options.look));
      options.onLooked(seen.size);
    },
  }));
  await runPool(jobs, options, () => !options.signal.aborted);
  return judge(members, seen);
}

async function lookAt(target: Target, look: Look | undefined): Promise<Seen | SsotError> {
  let connection: Connection | undefined;
  try {
    connection = await connect(target, { onlyReads: true });
    const { name, oid, systemIdentifier } = await identifyDatabase(connection.sql, []);
    const identity = [systemIdentifier, await readServerStart(connection.sql), oid, name].join("/");
    return { identity, hasWork: look === undefined || (await look(connection)) };
  } catch (error) {
    if (error instanceof SsotError) return error;
    // A server that answers oddly: what runs there says how.
    return { identity: "", hasWork: true };
  } finally {
    await connection?.close();
  }
}

async function judge(
  members: readonly Member[],
  seen: ReadonlyMap<Member, Seen | SsotError>,
): Promise<ReadonlyMap<Member, Surveyed>> {
  const judged = new Map<Member, Surveyed>();
  const first = new Map<string, Member>();
  for (const member of members) {
    const found = seen.get(member);
    if (found === undefined) continue;
    if (found instanceof SsotError) {
      judged.set(member, { is: "closed", error: found });
      continue;
    }
    const before = found.identity === "" ? undefined : first.get(found.identity);
    if (before === undefined) first.set(found.identity, member);
    const isSame = before !== undefined && (await areOne(before.target, member.target));
    if (isSame) judged.set(member, { is: "same", as: before });
    else judged.set(member, { is: found.hasWork ? "work" : "done" });
  }
  return judged;
}

/**
 * Whether two ways lead to one database: a lock that is taken on one shows on the other. Machines that were copied while they ran have
 * all the same marks but this.
 */
async function areOne(one: Target, other: Target): Promise<boolean> {
  const mark = [randomInt(2 ** 31), randomInt(2 ** 31)] as const;
  const sessions: Connection[] = [];
  try {
    for (const target of [one, other]) sessions.push(await connect(target, { onlyReads: true }));
    const [taker, looker] = sessions;
    if (taker === undefined || looker === undefined) return false;
    // Through a pooler the session is in a transaction already.
    if (!taker.pooled) await taker.execute("begin");
    await takeMark(taker.sql, mark);
    return await seesMark(looker.sql, mark);
  } finally {
    for (const session of sessions) await session.close();
  }
}
