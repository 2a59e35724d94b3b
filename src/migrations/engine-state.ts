import type { Sql } from "postgres";
import { SsotError } from "../model/errors.ts";
import type { Engine } from "./engine-files.ts";

/** The engine that a database has. */
export interface InstalledEngine {
  readonly version: number;
  /** The version of ssot that brought it, or `psql`. */
  readonly tool: string;
  /** Rows of an older engine's tables still have to be moved into this one's. */
  readonly moving: boolean;
}

/** The engine before engines had numbers. */
export const firstEngine: InstalledEngine = { version: 1, tool: "0.1.0", moving: false };

interface StateRow {
  readonly present: boolean;
  readonly version: string | null;
  readonly tool: string | null;
  readonly moving: string | null;
}

/**
 * The engine of a database; undefined where there is none. One query, also where the table that knows does not exist:
 * query_to_xml looks only where it is told to. Needs the right to look into schema ssot.
 */
export async function readEngineState(sql: Sql): Promise<InstalledEngine | undefined> {
  const [row] = await sql<StateRow[]>`
    select s.present, substring(s.row from '<version>([0-9]+)</version>') as version,
           substring(s.row from '<tool>([^<]*)</tool>') as tool, substring(s.row from '<moving>([a-z]+)</moving>') as moving
    from (
      select to_regclass('ssot.ledger') is not null or to_regclass('ssot.run') is not null as present,
             case when to_regclass('ssot.engine') is not null then
               query_to_xml('select e.version, e.tool, e.moving from ssot.engine as e', true, false, '')::text end as row
      offset 0
    ) as s`;
  if (row === undefined || row.version === null) return row?.present ? firstEngine : undefined;
  return { version: Number(row.version), tool: row.tool ?? "unknown", moving: row.moving === "true" };
}

/** Throws ENGINE_NEWER where a newer ssot was at work: this one does not know what it left. */
export function refuseNewerEngine(engine: Engine, installed: InstalledEngine | undefined): void {
  if (installed === undefined || installed.version <= engine.version) return;
  throw new SsotError(
    "ENGINE_NEWER",
    `the database has engine ${installed.version} of ssot ${installed.tool}, this is ssot ${engine.tool} with engine ${engine.version}`,
    { hint: `Install ssot ${installed.tool} or newer, and run that. Nothing was changed.` },
  );
}
