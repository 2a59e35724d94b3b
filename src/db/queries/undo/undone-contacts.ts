import type { Sql } from "postgres";
import type { ContactRule } from "./contact-rules.ts";
import { imagesOf } from "./undo-merges.ts";

/** A contact that was merged or set aside, and whether it can be put back. */
export interface UndoneContacts {
  /** By kind: how many come back. */
  readonly merged: number;
  readonly quarantined: number;
  /** How many of them come back with a source. */
  readonly sources: number;
  /** Those that a rule of the table keeps away, by kind. */
  readonly awayMerged: readonly string[];
  readonly awayQuarantined: readonly string[];
}

/**
 * Which merged and quarantined contacts come back when merges are undone now. `changes`: SQL of what is undone in contacts beside, as
 * id, col, new. A rule that holds by now keeps a contact away, as it does in a rollback.
 */
export async function countUndoneContacts(
  sql: Sql,
  merges: string,
  rules: readonly ContactRule[],
  changes: string,
): Promise<UndoneContacts> {
  const broken = rules.map(({ breaks }) => breaks).join(" union ");
  const [row] = await sql.unsafe<
    { merged: string; quarantined: string; sources: string; awaymerged: string[]; awayquarantined: string[] }[]
  >(`
    with image as materialized (
      ${imagesOf(merges)}
    ), change as materialized (
      ${changes}
    ), away as materialized (
      select null::uuid as id where false ${broken === "" ? "" : `union ${broken}`}
    )
    select count(*) filter (where i.kind = 'delete' and a.id is null) as merged,
           count(*) filter (where i.kind = 'quarantine' and a.id is null) as quarantined,
           count(i.image ->> 'source') filter (where a.id is null) as sources,
           coalesce(jsonb_agg(i.id order by i.id) filter (where i.kind = 'delete' and a.id is not null), '[]') as awaymerged,
           coalesce(jsonb_agg(i.id order by i.id) filter (where i.kind = 'quarantine' and a.id is not null), '[]') as awayquarantined
    from image as i left join away as a on a.id = i.id`);
  return {
    merged: Number(row?.merged ?? 0),
    quarantined: Number(row?.quarantined ?? 0),
    sources: Number(row?.sources ?? 0),
    awayMerged: row?.awaymerged ?? [],
    awayQuarantined: row?.awayquarantined ?? [],
  };
}
