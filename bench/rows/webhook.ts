import type { BenchRow, Result } from "../row.ts";
import { onWebhookDatabase } from "../webhook/database.ts";
import { measureGroup } from "../webhook/measure-group.ts";
import { withRig } from "../webhook/rig.ts";
import { pgbenchVersion } from "../webhook/run-pgbench.ts";
import { groups } from "../webhook/ways.ts";

export const webhook: BenchRow = {
  id: "webhook",
  measures: "events a second and p99 of the webhook on 1, 8 and 32 connections",
  against:
    "pgbench sending the same statement (at most 16 connections); the mission document's three statements, locally and with 1 ms",
  run: (context) =>
    onWebhookDatabase(context, async (database) => {
      const server = await context.server();
      return withRig(server, database, context.say, async (rig) => {
        const results: Result[] = [];
        const withPgbench = pgbenchVersion() !== undefined;
        for (const connections of [1, 8, 32]) {
          for (const group of groups) {
            const rounds = context.rounds ?? 10;
            results.push(...(await measureGroup(rig, group, { connections, rounds, withPgbench })));
          }
        }
        return results;
      });
    }),
};
