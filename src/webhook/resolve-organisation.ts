import type { Sql } from "postgres";
import type { VapiPayload } from "./payload.ts";

/** Whose call it is. A bare id is read with the default country. */
export type Organisation = string | { readonly id: string; readonly country: string };

/** Gives the organisation of a message, or null: then it is answered with 404. May be asynchronous. */
export type ResolveOrganization = (payload: VapiPayload) => Organisation | null | Promise<Organisation | null>;

const keptMs = 60_000;
const mostKept = 1_000;

/**
 * By `organizations.vapi_phone_number_id`, then by `vapi_assistant_id`, where those columns exist; both are ids that Vapi
 * gives out. Null where none has the id, or several have: a call is never given to one of two. What was found is kept for
 * a minute; what was not is asked again, since it may be set up at this moment.
 */
export function organizationByVapiId(sql: Sql): ResolveOrganization {
  const kept = new Map<string, { readonly organisation: Organisation; readonly until: number }>();
  let columns: Promise<ReadonlySet<string>> | undefined;
  return async ({ message: { call } }) => {
    columns ??= readColumns(sql).catch((error: unknown) => {
      columns = undefined;
      throw error;
    });
    const there = await columns;
    for (const [column, id] of [
      ["vapi_phone_number_id", call?.phoneNumberId],
      ["vapi_assistant_id", call?.assistantId],
    ] as const) {
      if (!there.has(column) || id === null || id === undefined || id === "") continue;
      const key = `${column} ${id}`;
      const last = kept.get(key);
      if (last !== undefined && last.until > performance.now()) return last.organisation;
      const found = await find(sql, column, id, there.has("telephony_country"));
      if (found.length === 0) continue;
      const [organisation, another] = found;
      if (organisation === undefined || another !== undefined) return null;
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, { organisation, until: performance.now() + keptMs });
      return organisation;
    }
    return null;
  };
}

// With a parameter, for the reason that is told at readCallsSchema.
async function readColumns(sql: Sql): Promise<ReadonlySet<string>> {
  const rows = await sql<{ name: string }[]>`
    select a.attname as name from pg_catalog.pg_attribute as a
    where a.attrelid = ${"public.organizations"}::text::regclass and a.attnum > 0 and not a.attisdropped
      and a.attname in ('vapi_phone_number_id', 'vapi_assistant_id', 'telephony_country')
    order by a.attname`;
  return new Set(rows.map(({ name }) => name));
}

async function find(
  sql: Sql,
  column: "vapi_phone_number_id" | "vapi_assistant_id",
  id: string,
  hasCountry: boolean,
): Promise<readonly Organisation[]> {
  const rows = await sql<{ id: string; country: string | null }[]>`
    select o.id, ${hasCountry ? sql`o.telephony_country` : sql`null`} as country
    from public.organizations as o where o.${sql(column)}::text = ${id.replaceAll("\u0000", "")}
    order by o.id limit 2`;
  return rows.map((row) => (row.country === null ? row.id : { id: row.id, country: row.country }));
}
