import type { Sql } from "postgres";
import { tableSizes } from "../../db/queries/plan-surroundings.ts";
import { listReplicationSlots, readSlotLimit } from "../../db/queries/replication.ts";
import { type Check, fine, listNames } from "./check.ts";

const mb = 1024 * 1024;
const much = 1024 * mb;

// A journal row and an index entry for each call, two index entries for each contact, rounded up.
const bytesPerCall = 150;
const bytesPerContact = 250;

/** Whether there is room for what a run writes. */
export const roomChecks: readonly Check[] = [
  {
    id: "disk",
    title: "disk",
    ofMission: true,
    look: async ({ connection }) => {
      const need = await neededBytes(connection.sql);
      const detail = `a run may need ${megabytes(need)} more; how much is free is not visible through SQL`;
      if (need < much) return fine(detail);
      return { status: "warning", detail, remedy: `make sure that ${megabytes(2 * need)} are free on the server` };
    },
  },
  {
    id: "wal",
    title: "WAL",
    ofMission: true,
    look: async ({ connection: { sql } }) => {
      const need = 2 * (await neededBytes(sql));
      const idle = (await listReplicationSlots(sql)).filter(({ active }) => !active);
      const unlimited = (await readSlotLimit(sql)) === "-1";
      const written = `a run may write ${megabytes(need)} of it`;
      if (idle.length === 0) return fine(`${written}; no idle replication slot keeps it`);
      const names = idle.map(({ name, keptBytes }) =>
        keptBytes === null ? name : `${name} (keeps ${megabytes(keptBytes)})`,
      );
      return {
        status: "warning",
        detail: `${written}, and replication slots that nobody reads keep ${unlimited ? "all" : "a part"} of it on disk: ${listNames(names)}`,
        remedy: "let their readers connect, or drop the slots: select pg_drop_replication_slot(name)",
      };
    },
  },
];

// Every row may get a second version; journals and indexes come on top.
async function neededBytes(sql: Sql): Promise<number> {
  const sizes = await tableSizes(sql);
  return sizes.reduce(
    (sum, { table, rows, bytes }) => sum + bytes + rows * (table === "calls" ? bytesPerCall : bytesPerContact),
    0,
  );
}

function megabytes(bytes: number): string {
  return bytes < 10 * mb ? "at most 10 MB" : `about ${Math.ceil(bytes / mb).toLocaleString("en-US")} MB`;
}
