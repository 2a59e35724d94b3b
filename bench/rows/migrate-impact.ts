import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { packageRoot } from "../../src/model/package-root.ts";
import type { BenchRow, Figure } from "../row.ts";
import { runCommand } from "../support/run-program.ts";
import type { BenchServer } from "../support/server.ts";
import { loads, percent } from "../traffic/loads.ts";
import { findCapacity, type Measured, measureTraffic } from "../traffic/measure-traffic.ts";
import { prepareProduction } from "../traffic/prepare-databases.ts";
import { figuresOf, goalsOf, tellWay } from "../traffic/tell-impact.ts";

const idleMs = 15_000;

/** What applications feel of `ssot migrate`, and of the document's way, on the same data with the same requests. */
export const migrateImpact: BenchRow = {
  id: "migrate-impact",
  measures:
    "latency of webhook, update and page over 8 connections at 60 and 95 % of what the machine answers, during ssot migrate",
  against: "the same requests alone; and during the document's statements in one transaction",
  run: async ({ size, rounds, server: startServer, say }) => {
    const server = await startServer();
    const under = async (
      source: string,
      rate: number,
      work: (database: string) => Promise<unknown>,
    ): Promise<Measured> => {
      await server.clone("impact", source);
      return measureTraffic(server, "impact", rate, () => work("impact"));
    };
    const dirty = await prepareProduction(server, { ...size, dirt: true });
    // It keeps applications waiting for minutes: once is enough to know.
    const withOneShot = rounds !== 1;
    // The document's statements expect numbers in E.164 and contacts that are one a number.
    const clean = await prepareProduction(server, { ...size, dirt: false });
    await server.clone("impact", dirty);
    const capacity = await findCapacity(server, "impact");
    const figures: Figure[] = [{ what: "the machine answers at the most", value: capacity, unit: "1/s" }];
    for (const { share, times } of loads) {
      const rate = Math.max(5, Math.round(capacity * share));
      const at = percent(share);
      const idle = await under(dirty, rate, () => sleep(idleMs));
      say(tellWay(`alone, ${rate} requests a second`, idle));
      const ours = await under(dirty, rate, (database) => runCommand(server, database, ["migrate"]));
      say(tellWay("during ssot migrate", ours));
      figures.push(
        ...goalsOf(`${at}: migrate`, ours, idle, times),
        ...figuresOf(`${at}: alone`, idle),
        ...figuresOf(`${at}: migrate`, ours),
      );
    }
    if (withOneShot) {
      const rate = Math.max(5, Math.round(capacity * loads[0].share));
      const oneShot = await under(clean, rate, (database) => migrateByHand(server, database, say));
      say(tellWay("during the one-shot", oneShot));
      figures.push(...figuresOf(`${percent(loads[0].share)}: one-shot`, oneShot));
    }
    await server.drop("impact");
    return figures;
  },
};

/**
 * The document's statements, in one transaction; its UPDATE of calls, which has no index, after the index that it has later.
 * Among writers it may end in a deadlock, since it takes ever stronger locks: then again, with all of them first.
 */
async function migrateByHand(server: BenchServer, database: string, say: (line: string) => void): Promise<void> {
  const text = readFileSync(join(packageRoot(), "fixtures/by-hand.sql"), "utf8");
  const index = "CREATE INDEX idx_contacts_org_phone ON contacts(org_id, phone);";
  if (!text.includes(index)) throw new Error("the document's index on contacts was not found");
  const sql = server.open(database);
  const run = (first: string): Promise<unknown> =>
    sql.begin((transaction) => transaction.unsafe(`${first}\n${index}\n${text.replace(index, "")}`));
  try {
    await run("").catch(async (error: unknown) => {
      const deadlock = "40P01";
      if (!(error instanceof Error && "code" in error && error.code === deadlock)) throw error;
      say("the one-shot ended in a deadlock; once more, with both tables locked first");
      await run("LOCK TABLE calls, contacts IN ACCESS EXCLUSIVE MODE;");
    });
  } finally {
    await sql.end();
  }
}
