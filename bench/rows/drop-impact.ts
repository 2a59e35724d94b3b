import { setTimeout as sleep } from "node:timers/promises";
import type { BenchRow } from "../row.ts";
import { runCommand } from "../support/run-program.ts";
import { chooseRate, measureTraffic } from "../traffic/measure-traffic.ts";
import { prepareMigrated } from "../traffic/prepare-databases.ts";
import { figuresOf, goalsOf, tellWay } from "../traffic/tell-impact.ts";

const idleMs = 15_000;

/** What applications, readers of the view among them, feel of the drop, and of taking everything back. */
export const dropImpact: BenchRow = {
  id: "drop-impact",
  measures:
    "latency of webhook, update and page through the view over 8 connections at a fixed rate during Phase 3 and rollback --all",
  against: "the same requests alone",
  run: async ({ size, server: startServer, say }) => {
    const server = await startServer();
    const source = await prepareMigrated(server, { ...size, dirt: true });
    await server.clone("impact", source);
    const rate = await chooseRate(server, "impact");
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
    await server.drop("impact");
    return [
      { what: "requests a second", value: rate, unit: "1/s" },
      ...figuresOf("alone", idle),
      ...figuresOf("Phase 3", drop),
      ...figuresOf("rollback", back),
      ...goalsOf("Phase 3", drop, idle),
      ...goalsOf("rollback", back, idle),
    ];
  },
};
