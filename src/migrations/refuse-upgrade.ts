import type { Connection } from "../db/connection.ts";
import { listRoutineBodies } from "../db/queries/routine-bodies.ts";
import { SsotError } from "../model/errors.ts";
import { firstEngineRoutines } from "../model/first-engine-routines.ts";
import type { Engine } from "./engine-files.ts";
import { firstEngine, type InstalledEngine, readEngineState, refuseNewerEngine } from "./engine-state.ts";
import { refuseClosedSchema } from "./history.ts";

const mostRoutines = 5;

/**
 * Gives the engine that a database has, and refuses one that this cannot work on: ENGINE_NEWER, and of 0.1.0's one that a
 * run stands half-way in (MIGRATION_FAILED) or that is not what 0.1.0 made (PREFLIGHT). Changes nothing.
 */
export async function refuseUnfitEngine(
  connection: Connection,
  engine: Engine,
  trustRoles: readonly string[] = [],
): Promise<InstalledEngine | undefined> {
  await refuseClosedSchema(connection.sql, trustRoles);
  const installed = await readEngineState(connection.sql);
  refuseNewerEngine(engine, installed);
  if (installed?.version !== firstEngine.version) return installed;
  await refuseHalfWay(connection);
  await refuseOtherRoutines(connection);
  return installed;
}

// What a run left half-way is known to the steps that left it.
async function refuseHalfWay({ sql }: Connection): Promise<void> {
  const [half] = await sql<{ name: string; direction: string }[]>`
    select r.name, r.direction from ssot.run as r where r.finished_at is null order by r.name desc limit 1`;
  if (half === undefined) return;
  throw new SsotError("MIGRATION_FAILED", `${half.name} is half-way, by ssot ${firstEngine.tool}`, {
    hint: `Finish it or take it back with ssot ${firstEngine.tool} (ssot migrate, ssot rollback), then run this again. Nothing was changed.`,
  });
}

// psql alone leaves no checksum: what is there tells which engine it was.
async function refuseOtherRoutines({ sql }: Connection): Promise<void> {
  const applied = await sql<{ name: string; known: boolean }[]>`
    select l.name, r.name is not null as known from ssot.ledger as l left join ssot.run as r on r.name = l.name order by l.name`;
  if (applied.every(({ known }) => known)) return;
  const expected = Object.assign({}, ...applied.map(({ name }) => firstEngineRoutines[name] ?? {}));
  const present = await listRoutineBodies(sql);
  const names = [...new Set([...Object.keys(expected), ...Object.keys(present)])].toSorted();
  const other = names.filter((name) => !bodiesOf(expected, name).includes(present[name] ?? ""));
  if (other.length === 0) return;
  const more = other.length > mostRoutines ? ` and ${other.length - mostRoutines} more` : "";
  throw new SsotError(
    "PREFLIGHT",
    `psql applied migrations here, and their routines are not those of ssot ${firstEngine.tool}: ${other.slice(0, mostRoutines).join(", ")}${more}`,
    { hint: "Take them back with the files that applied them, then run this again. Nothing was changed." },
  );
}

function bodiesOf(routines: Readonly<Record<string, string>>, name: string): readonly string[] {
  return routines[name]?.split(" ") ?? [];
}
