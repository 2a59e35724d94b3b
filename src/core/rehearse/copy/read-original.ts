import type { Connection } from "../../../db/connection.ts";
import { refuseOldServer, refusePooler } from "../../../db/preflight.ts";
import {
  type IndexPlace,
  listIdentitiesOfParts,
  listIndexPlaces,
  listTouchedTables,
} from "../../../db/queries/copying/copied-tables.ts";
import { type DatabaseFacts, readDatabaseFacts } from "../../../db/queries/copying/database-facts.ts";
import { type GeneratedTable, listGeneratedTables } from "../../../db/queries/copying/generation-facts.ts";
import { type HiddenRelation, listHiddenRelations } from "../../../db/queries/copying/hidden-relations.ts";
import {
  listRoleFacts,
  listSettings,
  type RoleFacts,
  type SettingFacts,
} from "../../../db/queries/copying/role-facts.ts";
import { exportSnapshot } from "../../../db/queries/copying/snapshot.ts";
import type { SchemaFact } from "../../../db/queries/schema-facts/fact.ts";
import { listSchemaFacts } from "../../../db/queries/schema-facts/list-schema-facts.ts";
import { missionTables } from "../../../db/queries/touched-tables.ts";
import type { Target } from "../../../db/target.ts";
import { listDeprecated } from "../../../migrations/deprecations.ts";
import { hasMission } from "../../../migrations/packs.ts";
import { listLines, SsotError } from "../../../model/errors.ts";
import type { Migration } from "../../../model/migration.ts";
import { lockWaitMs } from "./options.ts";

/** What a copy is made of, as the catalog tells it. */
export interface Original {
  readonly major: number;
  readonly database: DatabaseFacts;
  readonly roles: readonly RoleFacts[];
  readonly settings: readonly SettingFacts[];
  readonly facts: readonly SchemaFact[];
  readonly indexes: readonly IndexPlace[];
  /** Columns that a newer PostgreSQL describes otherwise. */
  readonly otherwise: readonly string[];
  readonly touched: readonly string[];
  readonly leftOut: readonly HiddenRelation[];
  /** What is filled with generated rows; none where rows are copied. */
  readonly generated: readonly GeneratedTable[];
  /** Others may look at the same moment while the transaction lasts. */
  readonly snapshot: string;
}

/**
 * Begins a read-only transaction of one snapshot on the target, which the caller ends, and reads what a copy needs. Throws TOO_OLD, POOLER,
 * and PREFLIGHT where rows that migrations work on are hidden from this role.
 */
export async function readOriginal(
  source: Connection,
  target: Target,
  { migrations, schemaOnly }: { readonly migrations: readonly Migration[]; readonly schemaOnly: boolean },
): Promise<Original> {
  refuseOldServer(source);
  await refusePooler(source, target);
  await source.execute("begin isolation level repeatable read, read only");
  await source.execute(`set local lock_timeout = ${lockWaitMs}`);
  const { sql } = source;
  const snapshot = await exportSnapshot(sql);
  const roots = [
    ...(hasMission(migrations) ? ["public.organizations", ...missionTables] : []),
    ...listDeprecated(migrations).map(({ table }) => table),
  ];
  const touched = await listTouchedTables(sql, roots);
  const leftOut = await listHiddenRelations(sql, { rows: !schemaOnly });
  refuseHidden(leftOut.filter(({ name }) => touched.includes(name)));
  const hidden = leftOut.map(({ name }) => name);
  const roles = await listRoleFacts(sql);
  return {
    major: Math.floor(source.serverVersion / 10_000),
    database: await readDatabaseFacts(sql),
    roles,
    settings: await listSettings(
      sql,
      roles.map(({ name }) => name),
    ),
    facts: await listSchemaFacts(sql),
    indexes: await listIndexPlaces(sql),
    otherwise: await listIdentitiesOfParts(sql),
    touched,
    leftOut,
    generated: schemaOnly ? (await listGeneratedTables(sql, touched)).filter(({ name }) => !hidden.includes(name)) : [],
    snapshot,
  };
}

function refuseHidden(hidden: readonly HiddenRelation[]): void {
  if (hidden.length === 0) return;
  const lines = hidden.map(({ name, bar }) => `${name}: ${bar}`);
  throw new SsotError("PREFLIGHT", `this role cannot copy what migrations work on:${listLines(lines)}`, {
    hint: "Name a role with --for that owns these tables, or has BYPASSRLS and pg_read_all_data. The target was only read.",
  });
}
