import { type Connection, connect } from "../db/connection.ts";
import { refuseOldServer } from "../db/preflight.ts";
import { listFinalizations } from "../db/queries/finalization.ts";
import type { Target } from "../db/target.ts";
import { type MigrationState, readHistory, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { heldReasons } from "./held-reasons.ts";

export interface MigrationStatus extends Omit<MigrationState, "state"> {
  /** optional: not installed, and nobody waits for it. */
  readonly state: MigrationState["state"] | "held" | "optional";
  /** Why the drop is held; empty for any other migration. */
  readonly heldBecause: readonly string[];
}

export interface DeprecatedColumn {
  readonly table: string;
  readonly column: string;
  readonly since: Date;
  /** Not before this moment, by time alone. */
  readonly dropAfter: Date;
  readonly replacement: string;
}

export interface StatusReport {
  readonly command: "status";
  readonly migrations: readonly MigrationStatus[];
  readonly deprecated: readonly DeprecatedColumn[];
  /** When `finalize` last ended reversibility; absent: never. */
  readonly finalizedAt?: Date;
}

/** Which migrations are applied, half applied, changed or gone, and what is deprecated since when. Writes nothing. */
export async function status(options: { readonly target: Target; readonly directory: string }): Promise<StatusReport> {
  const migrations = await loadMigrations(options.directory);
  const connection = await connect(options.target, { onlyReads: true });
  try {
    refuseOldServer(connection);
    const states = statesOf(migrations, await readHistory(connection));
    const described = await Promise.all(
      states.map(async (state): Promise<MigrationStatus> => {
        if (state.state !== "pending") return { ...state, heldBecause: [] };
        if (state.optional !== undefined) return { ...state, state: "optional", heldBecause: [] };
        if (state.phase === 1) return { ...state, heldBecause: [] };
        return { ...state, state: "held", heldBecause: await heldReasons(connection) };
      }),
    );
    const finalizedAt = (await listFinalizations(connection.sql)).at(-1)?.finalizedAt;
    return {
      command: "status",
      migrations: described,
      deprecated: await listDeprecated(connection),
      ...(finalizedAt === undefined ? {} : { finalizedAt }),
    };
  } finally {
    await connection.close();
  }
}

/** The deprecated columns that are still there. */
export async function listDeprecated({ sql }: Connection): Promise<readonly DeprecatedColumn[]> {
  const [ledger] = await sql<{ present: boolean }[]>`select to_regclass('ssot.ledger') is not null as present`;
  if (!ledger?.present) return [];
  return sql<DeprecatedColumn[]>`
    select 'calls' as table, a.attname as column, l.run_on at time zone 'UTC' as since,
           greatest(l.run_on at time zone 'UTC' + interval '1 month', timestamptz '2026-03-09 00:00:00+00') as "dropAfter",
           case a.attname when 'caller_name' then 'calls_with_caller_names.resolved_caller_name' else 'calls.phone_number' end as replacement
    from ssot.ledger as l
    join pg_catalog.pg_attribute as a on a.attrelid = to_regclass('public.calls')
    where l.name = '20260209000400_mark_deprecated' and a.attname in ('caller_name', 'from_number') and not a.attisdropped
    order by a.attname`;
}
