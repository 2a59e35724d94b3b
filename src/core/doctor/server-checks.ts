import { supportsVersion } from "../../db/preflight.ts";
import { readExtensions, readSessionFacts } from "../../db/queries/session-facts.ts";
import { describeTarget } from "../../db/target.ts";
import { type Check, fine } from "./check.ts";

const local = /^(localhost|127\.|::1$|\/)/;
const mostSkewSeconds = 5;

/** Whether the server is one to work on, and how it is reached. */
export const serverChecks: readonly Check[] = [
  {
    id: "connection",
    title: "connection",
    look: async ({ connection, target }) => {
      const { encrypted } = await readSessionFacts(connection.sql);
      const where = describeTarget(target);
      if (encrypted || local.test(target.host) || connection.pooled) {
        return fine(`${where}${encrypted ? ", encrypted" : ""}`);
      }
      return {
        status: "warning",
        detail: `${where}, not encrypted: what is sent can be read on its way`,
        remedy: "add sslmode=verify-full to the URL, with sslrootcert where the server's certificate needs it",
      };
    },
  },
  {
    id: "version",
    title: "version",
    look: async ({ connection: { serverVersion } }) => {
      const version = `PostgreSQL ${Math.floor(serverVersion / 10_000)}.${serverVersion % 10_000}`;
      if (supportsVersion(serverVersion)) return fine(version);
      return {
        status: "problem",
        detail: `${version}; expected 15 or newer, which the view needs (security_invoker)`,
        remedy: "upgrade the server",
      };
    },
  },
  {
    id: "pooler",
    title: "pooler",
    look: async ({ connection, lent }) => {
      if (!connection.pooled && !lent) return fine("none in between");
      if (!lent) return fine("in session mode, which keeps one session for its client");
      return {
        status: "problem",
        detail: "in transaction mode; ssot migrate and ssot rollback need one session with its lock and refuse",
        remedy: "use the direct URL (Supabase: port 5432 instead of 6543), or a pooler in session mode",
      };
    },
  },
  {
    id: "extensions",
    title: "extensions",
    look: async ({ connection }) => {
      const extensions = await readExtensions(connection.sql);
      const missing = extensions.filter(({ installed }) => !installed).map(({ name }) => name);
      return fine(missing.length === 0 ? "none is needed" : `none is needed; not installed: ${missing.join(", ")}`);
    },
  },
  {
    id: "clock",
    title: "clock",
    look: async ({ connection }) => {
      const asked = Date.now();
      const { now } = await readSessionFacts(connection.sql);
      const answered = Date.now();
      // Within the time that the answer took nobody can tell.
      const skew = Math.max(0, now.getTime() - answered, asked - now.getTime()) / 1000;
      if (skew < mostSkewSeconds) return fine("the server's clock and this machine's agree");
      return {
        status: "warning",
        detail: `the server's clock is ${Math.round(skew)} s ${now.getTime() > answered ? "ahead of" : "behind"} this machine's`,
        remedy: "set the clocks: the month before the drop is counted by the server's",
      };
    },
  },
];
