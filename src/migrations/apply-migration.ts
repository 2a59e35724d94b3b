import type { Connection } from "../db/connection.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import { StepExecutor, type StepOptions } from "./execute-steps.ts";

/**
 * Runs one migration up or down through node-pg-migrate, which finds the file, reads the ledger and writes it. What it sends
 * comes to us: steps go to the executor, and its ledger entry is written together with the end of our own record.
 */
export async function applyMigration(
  connection: Connection,
  migration: Migration,
  options: StepOptions,
): Promise<void> {
  const { runner } = await import("node-pg-migrate");
  const executor = new StepExecutor(connection, migration, options);
  await executor.resume();
  const steps = options.direction === "migrate" ? migration.up : migration.down;
  const marker = (place: number): string => `select 'ssot step ${place}';`;
  const places = new Map(steps.map((_, place) => [marker(place), place]));
  const finished =
    options.direction === "migrate"
      ? `update ssot.run set finished_at = now() where name = '${migration.name}'`
      : `delete from ssot.run_step where name = '${migration.name}'; delete from ssot.run where name = '${migration.name}'`;

  const query = async (request: string | { readonly text: string }): Promise<{ rows: unknown[] }> => {
    const text = typeof request === "string" ? request : request.text;
    const place = places.get(text);
    if (place !== undefined) {
      await executor.run(place);
      return { rows: [] };
    }
    if (/^(insert into|delete from) "ssot"\."ledger"/i.test(text)) {
      await connection.transaction([text, finished]);
      return { rows: [] };
    }
    return { rows: [...(await connection.execute(text))] };
  };
  const action = (pgm: { noTransaction(): unknown; sql(text: string): unknown }): void => {
    pgm.noTransaction();
    for (const place of steps.keys()) pgm.sql(marker(place));
  };
  const ran = await runner({
    // node-pg-migrate asks for pg's client, and uses nothing of it but query().
    dbClient: Object.assign(Object.create(null), { query }),
    dir: migration.path.slice(0, -`${migration.name}.sql`.length),
    migrationsTable: "ledger",
    migrationsSchema: "ssot",
    direction: options.direction === "migrate" ? "up" : "down",
    file: migration.name,
    count: 1,
    noLock: true,
    checkOrder: false,
    ignorePattern: "(\\..*|.*(?<!\\.sql))",
    logger: { info() {}, warn() {}, error() {} },
    migrationLoaderStrategies: [
      {
        extensions: [".sql"],
        loader: async (paths) => paths.map((path) => ({ id: path, filePaths: [path], actions: actionsOf(action) })),
      },
    ],
  });
  if (ran.length !== 1) {
    throw new SsotError(
      "MIGRATION_FAILED",
      `${migration.name} was not run: the ledger says it ${options.direction === "migrate" ? "is applied" : "is not applied"}`,
    );
  }
}

// Two functions: when up and down are the same one, node-pg-migrate infers the reverse of it by itself.
function actionsOf<T>(action: (pgm: T) => void): { up: (pgm: T) => void; down: (pgm: T) => void } {
  return { up: (pgm) => action(pgm), down: (pgm) => action(pgm) };
}
