import type { ISql } from "postgres";
import type { ListRequest } from "./read-request.ts";

/** One page of what a search found: how many in all, and the page's ids with commas between. */
export interface Found {
  readonly total: number;
  readonly ids: string;
}

const lookAgainMs = 60_000;
// The function is gone, or this role may no longer call it.
const absent = new Set(["42883", "3F000", "42501"]);
const looks = new WeakMap<ISql, { readonly present: boolean; readonly until: number }>();

/** A pattern of ILIKE for text that contains this one. */
export function patternOf(search: string): string {
  return `%${search.replace(/[\\%_]/g, "\\$&")}%`;
}

/**
 * Searches through the indexes of the optional migration "search". Undefined where they are not installed, or cannot
 * answer: terms under three characters, and parts of the word "Unknown", which no index has.
 */
export async function searchByIndex(sql: ISql, request: ListRequest): Promise<Found | undefined> {
  const { orgId, search, limit, offset, direction, from, to } = request;
  if (search === null || [...search].length < 3 || "unknown".includes(search.toLowerCase())) return undefined;
  if (!(await isInstalled(sql))) return undefined;
  try {
    const [row] = await sql<{ total: string | null; ids: string | null }[]>`
      select total, array_to_string(ids, ',') as ids
      from ssot_search.find_calls(${orgId}, ${search}, ${limit}, ${offset}, ${direction}, ${from}, ${to})`;
    return row?.total == null ? undefined : { total: Number(row.total), ids: row.ids ?? "" };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && absent.has(String(error.code)))) throw error;
    looks.set(sql, { present: false, until: performance.now() + lookAgainMs });
    return undefined;
  }
}

// With a parameter: a statement without one may be sent right behind another, and behind a pooler in transaction mode the
// two may meet different servers.
async function isInstalled(sql: ISql): Promise<boolean> {
  const known = looks.get(sql);
  if (known !== undefined && performance.now() < known.until) return known.present;
  const [row] = await sql<{ present: boolean }[]>`
    select count(*) = 2 and bool_and(has_function_privilege(p.oid, 'EXECUTE') and has_schema_privilege(p.pronamespace, 'USAGE')) as present
    from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where n.nspname = ${"ssot_search"} and p.proname in ('places', 'find_calls')`;
  const present = row?.present ?? false;
  looks.set(sql, { present, until: performance.now() + lookAgainMs });
  return present;
}
