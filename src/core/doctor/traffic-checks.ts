import { listFollowers } from "../../db/queries/replication.ts";
import { readSessionFacts } from "../../db/queries/session-facts.ts";
import { countHiddenSessions, listOpenTransactions } from "../../db/queries/traffic.ts";
import { type Check, fine, listNames } from "./check.ts";

const longSeconds = 60;
// As long as an index build waits for older transactions.
const tooLongSeconds = 300;
const mostBytesBehind = 256 * 1024 * 1024;
const mostSecondsBehind = 30;

/** Whether others leave room for a run, and can follow it. */
export const trafficChecks: readonly Check[] = [
  {
    id: "replication",
    title: "replication",
    look: async ({ connection: { sql } }) => {
      if ((await readSessionFacts(sql)).standby) {
        return {
          status: "problem",
          detail: "this server is a standby and can only be read",
          remedy: "use the URL of the primary server",
        };
      }
      const followers = await listFollowers(sql);
      if (followers.length === 0) return fine("nobody follows this server, or it is not visible to this role");
      const behind = followers.filter(
        ({ bytesBehind, secondsBehind }) =>
          (bytesBehind ?? 0) > mostBytesBehind || (secondsBehind ?? 0) > mostSecondsBehind,
      );
      if (behind.length > 0) {
        return {
          status: "warning",
          detail: `far behind: ${listNames(behind.map(({ name }) => name))}; a run adds to that`,
          remedy: "wait until they have caught up, and use a smaller --batch-size",
        };
      }
      const hidden = followers.some(({ bytesBehind }) => bytesBehind === null);
      const count = `${followers.length} ${followers.length === 1 ? "follows" : "follow"} this server`;
      return fine(hidden ? `${count}; how closely is not visible to this role` : `${count} closely`);
    },
  },
  {
    id: "transactions",
    title: "transactions",
    look: async ({ connection: { sql } }) => {
      const hidden = await countHiddenSessions(sql);
      const unseen = hidden === 0 ? "" : `; not visible to this role: ${hidden} sessions of others`;
      const open = await listOpenTransactions(sql, longSeconds);
      if (open.length === 0) return fine(`none is open for more than a minute${unseen}`);
      const names = open.map(({ who, seconds, holdsTables }) => {
        return `${who} for ${seconds < longSeconds ? `${seconds} s` : `${Math.round(seconds / 60)} min`}${holdsTables ? ", with a lock on calls or contacts" : ""}`;
      });
      const stuck = open.some(
        ({ prepared, seconds, holdsTables }) => prepared || (holdsTables && seconds > tooLongSeconds),
      );
      const prepared = open.some((transaction) => transaction.prepared);
      return {
        status: stuck ? "problem" : "warning",
        detail: `open: ${listNames(names)}${unseen}`,
        remedy: `index builds wait for them: end them first, or let them end${prepared ? "; a prepared one with rollback prepared or commit prepared" : ""}`,
      };
    },
  },
];
