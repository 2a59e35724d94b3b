import type { Connection } from "../db/connection.ts";
import { readTally } from "../db/queries/effects.ts";
import type { Migration } from "../model/migration.ts";
import { StepExecutor, type StepOptions } from "./execute-steps.ts";

const repeated = ["loose_numbers", "phone_map", "link_calls"];

/**
 * Links the calls that arrived since the first migration, by its own steps; the journal grows at its end, and a
 * rollback undoes these links as well. Gives how many were linked.
 */
export async function catchUp(
  connection: Connection,
  migrations: readonly Migration[],
  options: (migration: string, direction: "migrate") => StepOptions,
): Promise<number> {
  const [first] = migrations;
  if (first === undefined) return 0;
  const before = await readTally(connection.sql, "migrate");
  const executor = new StepExecutor(connection, first, options(first.name, "migrate"));
  for (const name of repeated) await executor.run(first.up.findIndex((step) => step.name === name));
  const after = await readTally(connection.sql, "migrate");
  return (after.callsLinked ?? 0) - (before.callsLinked ?? 0);
}
