import type { ISql } from "postgres";
import type { ListRequest } from "./read-request.ts";
import { searchTerms } from "./search-terms.ts";

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
 * answer: terms under three characters, parts of the word "Unknown", which no index has, and where names are a filter.
 */
export async function searchByIndex(sql: ISql, request: ListRequest): Promise<Found | undefined> {
  const { search, named } = request;
  if (search === null || named !== null || [...search].length < 3) return undefined;
  if ("unknown".includes(search.toLowerCase())) return undefined;
  if (!(await isInstalled(sql))) return undefined;
  try {
    const pages: Found[] = [];
    for (const term of searchTerms(search)) {
      const page = await findTerm(sql, request, term);
      if (page === undefined) return undefined;
      pages.push(page);
    }
    const found = pages.filter(({ total }) => total > 0);
    return found.length > 1 ? await findAny(sql, request, searchTerms(search)) : (found[0] ?? { total: 0, ids: "" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && absent.has(String(error.code)))) throw error;
    looks.set(sql, { present: false, until: performance.now() + lookAgainMs });
    return undefined;
  }
}

async function findTerm(sql: ISql, request: ListRequest, term: string): Promise<Found | undefined> {
  const { orgId, limit, offset, direction, from, to } = request;
  const [row] = await sql<{ total: string | null; ids: string | null }[]>`
    select total, array_to_string(ids, ',') as ids
    from ssot_search.find_calls(${orgId}, ${term}, ${limit}, ${offset}, ${direction}, ${from}, ${to})`;
  return row?.total == null ? undefined : { total: Number(row.total), ids: row.ids ?? "" };
}

// A call that several terms find counts once, so that neither their numbers nor their pages can be put together.
async function findAny(sql: ISql, request: ListRequest, terms: readonly string[]): Promise<Found> {
  const { orgId, limit, offset, direction, from, to } = request;
  const all = 2_147_483_647;
  const each = terms.map(
    (term) => sql`
      select unnest(f.ids) as id from ssot_search.find_calls(${orgId}, ${term}, ${all}, 0, ${direction}, ${from}, ${to}) as f`,
  );
  const [row] = await sql<{ total: string; ids: string }[]>`
    with found as materialized (${each.reduce((some, one) => sql`${some} union ${one}`)})
    select (select count(*) from found) as total,
           array_to_string(array(
             select c.id from public.calls as c join found as f on f.id = c.id where c.org_id = ${orgId}
             order by c.created_at desc, c.id limit ${limit} offset ${offset}), ',') as ids`;
  return { total: Number(row?.total ?? 0), ids: row?.ids ?? "" };
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
