import { createHash } from "node:crypto";
import type { Connection } from "../../db/connection.ts";
import { listCatalogFacts } from "../../db/queries/catalog-facts.ts";
import { identifyDatabase } from "../../db/queries/database-identity.ts";
import { digestRoutines, listRelationsNamed } from "../../db/queries/plan-state.ts";
import { listDeprecated } from "../../migrations/deprecations.ts";
import type { Engine } from "../../migrations/engine-files.ts";
import { readEngineState } from "../../migrations/engine-state.ts";
import type { MigrationState } from "../../migrations/history.ts";
import { hasMission } from "../../migrations/packs.ts";
import type { Migration } from "../../model/migration.ts";
import type { Story } from "../story.ts";
import type { Surroundings } from "./document.ts";
import { wordsOf } from "./own-doing.ts";

const missionTables = ["public.calls", "public.contacts", "public.organizations"];

/**
 * The tables that these migrations may touch, as far as they are there: the mission's, those of deprecated columns, and of a
 * team's own migrations every table and view whose name is a word of their texts.
 */
export async function listPlanTables(
  { sql }: Connection,
  migrations: readonly Migration[],
  chosen: readonly Migration[],
): Promise<readonly string[]> {
  const own = chosen.filter((migration) => !hasMission([migration]));
  const marks = chosen.filter(
    ({ name }) => own.some(({ drops }) => drops === name) || own.some((each) => each.name === name),
  );
  const dropped = migrations.filter(({ name }) => own.some(({ drops }) => drops === name));
  const words = own.flatMap(({ up, down }) => [...up, ...down].flatMap((step) => wordsOf(step.sql)));
  const named = await listRelationsNamed(sql, [...new Set(words)]);
  const deprecated = listDeprecated([...marks, ...dropped]).map(({ table }) => table);
  const tables = new Set([...(own.length < chosen.length ? missionTables : []), ...deprecated, ...named]);
  const { tables: oids } = await identifyDatabase(sql, [...tables]);
  return [...tables].filter((table) => typeof oids[table] === "number").toSorted();
}

/** What a plan says of the database and the files. Belongs into one snapshot. */
export async function readSurroundings(
  connection: Connection,
  { migrations, engine }: Story,
  states: readonly MigrationState[],
  tables: readonly string[],
): Promise<Surroundings> {
  const { sql, serverVersion } = connection;
  const facts = await listCatalogFacts(sql, tables);
  return {
    tool: engine.tool,
    server: serverVersion,
    database: await identifyDatabase(sql, tables),
    engine: {
      version: engine.version,
      digest: digestOf(engine),
      installed: await readInstalled(sql),
    },
    story: states.map(({ name, state }) => ({
      name,
      checksum: migrations.find((migration) => migration.name === name)?.checksum ?? "",
      state,
    })),
    catalog: Object.fromEntries(facts.map(({ object, definition }) => [object, definition])),
  };
}

async function readInstalled(sql: Connection["sql"]): Promise<Surroundings["engine"]["installed"]> {
  const installed = await readEngineState(sql);
  if (installed === undefined) return null;
  const { version, tool } = installed;
  return { version, tool, routines: await digestRoutines(sql) };
}

function digestOf({ files }: Engine): string {
  const digest = createHash("sha256");
  for (const { path, sql } of files) digest.update(`${path}\n${sql}\n`);
  return digest.digest("hex");
}
