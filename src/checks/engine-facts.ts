import type { Sql } from "postgres";
import { listDeprecatedColumns } from "../db/queries/deprecated-columns.ts";
import { readEngineVersion } from "../db/queries/engine-version.ts";
import type { DeprecatedColumn } from "../model/deprecated-column.ts";
import type { Fragment } from "./fragment.ts";

/** What statements of checks depend on: how the engine keeps its things, and which columns are deprecated. */
export interface EngineFacts {
  /** Undefined: there is none. */
  readonly version: number | undefined;
  /** Those that are gone included. */
  readonly deprecated: readonly DeprecatedColumn[];
}

/** A statement, or what makes it for the database that is asked. */
export type Statement = Fragment | ((facts: EngineFacts) => Fragment);

export async function readEngineFacts(sql: Sql): Promise<EngineFacts> {
  return { version: await readEngineVersion(sql), deprecated: await listDeprecatedColumns(sql) };
}
