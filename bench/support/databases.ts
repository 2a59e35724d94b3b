import { createHash } from "node:crypto";
import { migrate } from "../../src/core/migrate.ts";
import { loadMigrations } from "../../src/migrations/load-migrations.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import type { Size } from "../row.ts";
import { migrateOptions } from "./run-options.ts";
import type { BenchServer } from "./server.ts";

/** S: one that the mission document's quadratic statement can still finish on. */
export const small: Size = { calls: 40_000, contacts: 10_000 };

export function times(size: Size, factor: number): Size {
  return { calls: size.calls * factor, contacts: size.contacts * factor };
}

/** A database that rows share: filled once by `fill`, under another name until that is done. Not to be changed. */
export async function ensureDatabase(
  server: BenchServer,
  database: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<string> {
  if (await server.has(database)) return database;
  const unfinished = `${database}_unfinished`;
  await fill(unfinished);
  await server.rename(unfinished, database);
  return database;
}

/** The database as it is before the first migration. */
export async function generated(server: BenchServer, size: Size, dirt: boolean): Promise<string> {
  return ensureDatabase(server, nameOf(size, dirt), (unfinished) => server.create(unfinished, { ...size, dirt }));
}

/** The same with the four migrations of Phase 1. */
export async function migrated(server: BenchServer, size: Size, dirt: boolean): Promise<string> {
  const source = await generated(server, size, dirt);
  return ensureDatabase(server, await migratedName(source), async (unfinished) => {
    await server.clone(unfinished, source);
    await migrate(migrateOptions(server, unfinished));
    await vacuum(server, unfinished);
  });
}

/** Of a migrated database. One that was kept from before the migrations changed has another name: nothing goes on from it. */
export async function migratedName(source: string): Promise<string> {
  const texts = createHash("sha256");
  for (const { checksum } of await loadMigrations(migrationsDirectory())) texts.update(checksum);
  return `${source}_migrated_${texts.digest("hex").slice(0, 8)}`;
}

export async function vacuum(server: BenchServer, database: string): Promise<void> {
  const sql = server.open(database);
  await sql.unsafe("vacuum (analyze) public.calls, public.contacts");
  await sql.end();
}

/** Works on a copy that is gone afterwards. */
export async function onClone<Result>(
  server: BenchServer,
  source: string,
  work: (database: string) => Promise<Result>,
): Promise<Result> {
  const database = "bench_clone";
  await server.clone(database, source);
  try {
    return await work(database);
  } finally {
    await server.drop(database);
  }
}

function nameOf({ calls, contacts }: Size, dirt: boolean): string {
  return `bench_${calls}_${contacts}_${dirt ? "dirty" : "clean"}`;
}
