import type { Connection } from "../db/connection.ts";
import { findStrangePart } from "../db/queries/schema-owner.ts";
import { SsotError } from "../model/errors.ts";
import type { Direction, Migration } from "../model/migration.ts";
import { hasMission } from "./packs.ts";

/** A migration as file and ledger together tell it. */
export interface MigrationState {
  readonly name: string;
  readonly phase: 1 | 3;
  /** The name by which an optional migration is asked for. */
  readonly optional?: string;
  /** partial: interrupted half-way. changed: the file differs from what was applied. missing: applied, the file is gone. */
  readonly state: "applied" | "pending" | "partial" | "changed" | "missing";
  readonly interrupted?: Direction;
  /** When it was applied, by the database's clock. */
  readonly appliedAt: Date | null;
}

interface HistoryRow {
  readonly name: string;
  readonly applied_at: Date | null;
  readonly direction: Direction | null;
  readonly finished: boolean | null;
  readonly checksum: string | null;
}

/** What was applied here, when, and what was interrupted; nothing where ssot never ran. Not to be asked before refuseClosedSchema. */
export async function readHistory({ sql }: Connection): Promise<readonly HistoryRow[]> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regclass('ssot.ledger') is not null and to_regclass('ssot.run') is not null as present`;
  if (!row?.present) return [];
  const rows = await sql<HistoryRow[]>`
    select coalesce(l.name, r.name) as name, l.run_on at time zone 'UTC' as applied_at,
           r.direction, r.finished_at is not null as finished, r.checksum
    from ssot.ledger as l
    full join ssot.run as r on r.name = l.name
    order by 1`;
  // A Date holds no infinity, and no day after the year 275760: such a row is nobody's of ours.
  const odd = rows.find(({ applied_at }) => applied_at !== null && Number.isNaN(applied_at.getTime()));
  if (odd !== undefined) {
    throw new SsotError("PREFLIGHT", `schema ssot is not whole: the ledger dates ${odd.name} at no moment`, {
      hint: "Somebody wrote it there. Correct run_on in ssot.ledger: the time at which the migration was applied. Nothing was changed.",
    });
  }
  return rows;
}

/** Throws PREFLIGHT where the role may not look into schema ssot, or where that holds what belongs to nobody trusted. */
export async function refuseClosedSchema(sql: Connection["sql"], trustRoles: readonly string[] = []): Promise<void> {
  const strange = await findStrangePart(sql, trustRoles);
  if (strange !== undefined) {
    throw new SsotError("PREFLIGHT", `${strange.part} belongs to role ${strange.owner}, who is not trusted`, {
      hint: `Nothing in it is believed, and nothing was changed. If it was handed over: grant ${strange.owner} to this role, or --trust-role ${strange.owner}.`,
    });
  }
  await refuseHiddenSchema(sql);
}

/** Throws PREFLIGHT where the role may not look into schema ssot; whose it is stays unasked. */
export async function refuseHiddenSchema(sql: Connection["sql"]): Promise<void> {
  const [closed] = await sql<{ role: string; owner: string }[]>`
    select current_user as role, pg_get_userbyid(n.nspowner) as owner
    from pg_catalog.pg_namespace as n
    where n.nspname = 'ssot' and not has_schema_privilege(n.oid, 'USAGE')`;
  if (closed === undefined) return;
  throw new SsotError(
    "PREFLIGHT",
    `role ${closed.role} may not look into schema ssot, which is role ${closed.owner}'s`,
    {
      hint: `Use role ${closed.owner}, or one that is a member of it. Nothing was changed.`,
    },
  );
}

/** The state of every migration, in order; files and ledger are both asked. A released text is as good as its file. Pure. */
export function statesOf(migrations: readonly Migration[], history: readonly HistoryRow[]): readonly MigrationState[] {
  const past = new Map(history.map((row) => [row.name, row]));
  const known = migrations.map((migration): MigrationState => {
    const { name, phase } = migration;
    const asked = migration.optional === undefined ? {} : { optional: migration.optional };
    const row = past.get(name);
    const appliedAt = row?.applied_at ?? null;
    if (row?.direction && !row.finished)
      return { name, phase, ...asked, state: "partial", interrupted: row.direction, appliedAt };
    if (appliedAt === null) return { name, phase, ...asked, state: "pending", appliedAt };
    const checksum = row?.checksum?.replace(/^upgraded:/, "");
    const known = checksum === undefined || [migration.checksum, ...migration.replaces].includes(checksum);
    return { name, phase, ...asked, state: known ? "applied" : "changed", appliedAt };
  });
  const files = new Set(migrations.map(({ name }) => name));
  const missing = history
    .filter((row) => !files.has(row.name))
    .map((row): MigrationState => ({ name: row.name, phase: 1, state: "missing", appliedAt: row.applied_at }));
  return [...known, ...missing].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Throws MIGRATION_CHANGED when an applied file was changed or is gone: nobody can tell what it would take back. */
export function refuseChangedFiles(states: readonly MigrationState[]): void {
  const bad = states.filter(({ state }) => state === "changed" || state === "missing");
  if (bad.length === 0) return;
  const list = bad.map(
    ({ name, state }) => `${name} (${state === "changed" ? "file changed since it was applied" : "file is gone"})`,
  );
  const unnamed = hasMission(bad.filter(({ state }) => state === "missing"));
  const pack = unnamed ? ', or name their pack in ssot.config.json: "packs": ["unknown-caller"]' : "";
  throw new SsotError("MIGRATION_CHANGED", `applied migrations differ from their files: ${list.join(", ")}`, {
    hint: `Restore the files from the version of ssot that applied them${pack}. Nothing was run.`,
  });
}
