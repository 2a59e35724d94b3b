import { setTimeout as sleep } from "node:timers/promises";
import type { BenchRow, Figure } from "../row.ts";
import { runCommand } from "../support/run-program.ts";
import { loads, percent } from "../traffic/loads.ts";
import { findCapacity, measureTraffic } from "../traffic/measure-traffic.ts";
import { prepareMigrated } from "../traffic/prepare-databases.ts";
import { figuresOf, goalsOf, tellWay } from "../traffic/tell-impact.ts";

const idleMs = 15_000;

/** What applications, readers of the view among them, feel of the drop, and of taking everything back. */
export const dropImpact: BenchRow = {
  id: "drop-impact",
  measures:
    "latency of webhook, update and page through the view over 8 connections at 60 and 95 % of what the machine answers, during Phase 3 and rollback --all",
  against: "the same requests alone",
  run: async ({ size, server: startServer, say }) => {
    const server = await startServer();
    const source = await prepareMigrated(server, { ...size, dirt: true });
    await server.clone("impact", source);
    const capacity = await findCapacity(server, "impact");
    const figures: Figure[] = [{ what: "the machine answers at the most", value: capacity, unit: "1/s" }];
    for (const { share, times } of loads) {
      await server.clone("impact", source);
      const rate = Math.max(5, Math.round(capacity * share));
      const at = percent(share);
      const idle = await measureTraffic(server, "impact", rate, () => sleep(idleMs));
      say(tellWay(`alone, ${rate} requests a second`, idle));
      const drop = await measureTraffic(server, "impact", rate, () =>
        runCommand(server, "impact", ["migrate", "--phase", "3"]),
      );
      say(tellWay("during Phase 3", drop));
      const back = await measureTraffic(server, "impact", rate, () =>
        runCommand(server, "impact", ["rollback", "--all"]),
      );
      say(tellWay("during rollback --all", back));
      figures.push(
        ...goalsOf(`${at}: Phase 3`, drop, idle, times),
        ...goalsOf(`${at}: rollback`, back, idle, times),
        ...figuresOf(`${at}: alone`, idle),
        ...figuresOf(`${at}: Phase 3`, drop),
        ...figuresOf(`${at}: rollback`, back),
      );
    }
    await server.drop("impact");
    return figures;
  },
};
