import { type Connection, connect } from "../db/connection.ts";
import { refuseOldServer } from "../db/preflight.ts";
import { listDeprecatedColumns } from "../db/queries/deprecated-columns.ts";
import { listFinalizations } from "../db/queries/finalization.ts";
import { findStrangePart } from "../db/queries/schema-owner.ts";
import { type ReaderAsks, readVerdicts } from "../db/queries/verdicts.ts";
import type { Target } from "../db/target.ts";
import { type MigrationState, readHistory, refuseHiddenSchema, statesOf } from "../migrations/history.ts";
import { type Folders, loadMigrations } from "../migrations/load-migrations.ts";
import type * as model from "../model/deprecated-column.ts";
import type { Migration } from "../model/migration.ts";
import { narrowTo } from "./narrow.ts";
import { readHeld } from "./read-held.ts";

export interface MigrationStatus extends Omit<MigrationState, "state"> {
  /** optional: not installed, and nobody waits for it. */
  readonly state: MigrationState["state"] | "held" | "optional";
  /** Why the drop is held; empty for any other migration. */
  readonly heldBecause: readonly string[];
  /** It is a drop whose gate is open: it waits for nothing but to be asked for. */
  readonly due: boolean;
}

/** A deprecated column as far as it is reported. */
export type DeprecatedColumn = Pick<model.DeprecatedColumn, "table" | "column" | "since" | "dropAfter" | "replacement">;

export interface StatusReport {
  readonly command: "status";
  readonly migrations: readonly MigrationStatus[];
  readonly deprecated: readonly DeprecatedColumn[];
  /** When `finalize` last ended reversibility; absent: never. */
  readonly finalizedAt?: Date;
  /** Why nothing that schema ssot says was believed; absent: it was. */
  readonly disregarded?: string;
}

/** Which migrations are applied, half applied, changed or gone, and what is deprecated since when. Writes nothing. */
export async function status(options: {
  readonly target: Target;
  readonly directory: Folders;
  /** Of the deprecation of this column alone, `TABLE.COLUMN`. */
  readonly column?: string | undefined;
  /** What is asked of readers. */
  readonly asks?: ReaderAsks | undefined;
  /** Roles whose schema ssot is believed. */
  readonly trustRoles?: readonly string[] | undefined;
}): Promise<StatusReport> {
  const migrations = await loadMigrations(options.directory);
  const connection = await connect(options.target, { onlyReads: true });
  try {
    refuseOldServer(connection);
    const strange = await findStrangePart(connection.sql, options.trustRoles ?? []);
    if (strange !== undefined) return disregarding(strange, migrations);
    await refuseHiddenSchema(connection.sql);
    const columns = narrowTo(await listDeprecatedColumns(connection.sql), options.column);
    const isWanted = ({ name, drops }: Pick<Migration, "name" | "drops">): boolean =>
      columns.some(({ migration }) => migration === name || migration === drops);
    const states = statesOf(migrations, await readHistory(connection)).filter(
      ({ name }) => options.column === undefined || migrations.some((each) => each.name === name && isWanted(each)),
    );
    const described = await Promise.all(
      states.map(async (state): Promise<MigrationStatus> => {
        const drop = migrations.find(({ name, phase }) => name === state.name && phase === 3);
        if (state.state !== "pending" || drop === undefined) return unheld(state);
        const verdicts = await readVerdicts(connection.sql, drop.drops, options.asks);
        const { due, reasons } = await readHeld(connection, drop, verdicts, migrations);
        return { ...state, state: "held", heldBecause: reasons, due };
      }),
    );
    const ended = (await listFinalizations(connection.sql)).filter(({ deprecation }) => deprecation === null);
    const finalizedAt = ended.at(-1)?.finalizedAt;
    return {
      command: "status",
      migrations: described,
      deprecated: columns
        .filter(({ present }) => present)
        .map(({ table, column, since, dropAfter, replacement }) => ({ table, column, since, dropAfter, replacement })),
      ...(finalizedAt === undefined ? {} : { finalizedAt }),
    };
  } finally {
    await connection.close();
  }
}

/** The deprecated columns that are still there. */
export async function listDeprecated({ sql }: Connection): Promise<readonly model.DeprecatedColumn[]> {
  return (await listDeprecatedColumns(sql)).filter(({ present }) => present);
}

function unheld(state: MigrationState): MigrationStatus {
  const isOptional = state.state === "pending" && state.optional !== undefined;
  return { ...state, state: isOptional ? "optional" : state.state, heldBecause: [], due: false };
}

// To ask a schema of somebody else's could run his code with our rights.
function disregarding(
  { part, owner }: { readonly part: string; readonly owner: string },
  migrations: readonly Migration[],
): StatusReport {
  return {
    command: "status",
    migrations: statesOf(migrations, []).map(unheld),
    deprecated: [],
    disregarded: `${part} belongs to role ${owner}, who is not trusted: nothing in it was believed`,
  };
}
