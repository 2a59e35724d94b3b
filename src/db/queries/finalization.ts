import type { Sql } from "postgres";

/** One end of reversibility. */
export interface Finalization {
  readonly finalizedAt: Date;
  readonly role: string;
  /** Rows that were removed, by table. */
  readonly removed: Readonly<Record<string, number>>;
  /** The migration of the only deprecation that it was about; null: all. */
  readonly deprecation: string | null;
}

/** When reversibility was ended here, the first time first; none where it never was. */
export async function listFinalizations(sql: Sql): Promise<readonly Finalization[]> {
  const [row] = await sql<{ present: boolean }[]>`select to_regclass('ssot.finalization') is not null as present`;
  if (!row?.present) return [];
  return sql<Finalization[]>`
    select finalized_at as "finalizedAt", role_name as role, removed, to_jsonb(f) ->> 'deprecation' as deprecation
    from ssot.finalization as f order by finalized_at`;
}
