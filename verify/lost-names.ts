import type { Finding, Look } from "../src/checks/define.ts";
import { skipped } from "../src/checks/findings.ts";

// Fewer are somebody's work.
const fewest = 3;

/**
 * Contacts that had a name when the last good run was recorded, and are called by their number now. Contacts that were deleted
 * since are taken for named ones.
 */
export async function lostNames({ sql, scope, recorded, threshold }: Look): Promise<Finding> {
  if (recorded === undefined) return skipped("no good run was recorded yet: ssot verify --record");
  const before = Object.entries(recorded.named);
  if (before.length === 0) return skipped("the last good run was recorded before names were counted");
  const rows = await sql<{ org_id: string; contacts: number; named: number }[]>`
    select k.org_id, count(*)::integer as contacts, (count(*) filter (where k.name <> k.phone))::integer as named
    from public.contacts as k
    where (${scope.org}::uuid is null or k.org_id = ${scope.org})
      and coalesce(k.created_at <= ${recorded.recordedAt}, true) and k.org_id = any (${before.map(([id]) => id)}::uuid[])
    group by k.org_id`;
  const now = new Map(rows.map((row) => [row.org_id, row]));
  const lost = before.map(([id, [contacts, named]]) => {
    const { contacts: left = 0, named: stillNamed = 0 } = now.get(id) ?? {};
    return { org_id: id, named, lost: Math.max(0, named - Math.max(0, contacts - left) - stillNamed) };
  });
  const all = { org_id: null, named: sumOf(lost, "named"), lost: sumOf(lost, "lost") };
  const broken = [...lost, all].filter((one) => one.lost >= fewest && one.lost > threshold * one.named);
  return {
    population: all.named,
    broken: broken.length,
    rows: broken,
    actual: `${all.lost.toLocaleString("en-US")} of ${all.named.toLocaleString("en-US")} names are gone`,
  };
}

function sumOf(rows: readonly { readonly named: number; readonly lost: number }[], what: "named" | "lost"): number {
  return rows.reduce((sum, row) => sum + row[what], 0);
}
