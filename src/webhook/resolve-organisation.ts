import type { Sql } from "postgres";
import { SsotError } from "../model/errors.ts";
import type { VapiPayload } from "./vapi-message.ts";

/** Whose call it is. A bare id is read with the default country. */
export type Organisation = string | { readonly id: string; readonly country: string };

/** Gives the organisation of a message, or null: then it is answered with 404. May be asynchronous. */
export type ResolveOrganization = (payload: VapiPayload) => Organisation | null | Promise<Organisation | null>;

export interface ResolverOptions {
  /** Organisations share assistants: the number decides, and an assistant only where no organisation has the number. */
  readonly shareAssistants?: boolean;
  /** Further tables that have Vapi's ids of organisations, such as one of phone numbers. */
  readonly also?: readonly VapiIdTable[];
}

/** A table whose rows have ids of Vapi's, and the organisation that each is of. */
export interface VapiIdTable {
  /** `public.phone_numbers`. */
  readonly table: string;
  /** The column with `organizations.id`: `org_id` by default. */
  readonly organisation?: string;
  /** The columns with Vapi's id of the number, and of the assistant. */
  readonly number?: string;
  readonly assistant?: string;
}

const keptMs = 60_000;
const mostKept = 1_000;
const several = Symbol("several");

/**
 * By `organizations.vapi_phone_number_id` and `vapi_assistant_id`, where those columns exist, and by the tables of `also`; both are ids that Vapi gives out. Null where
 * no organisation has either. A call is never given to one of two: where a number stands on the rows of several organisations, or number
 * and assistant are those of different ones, somebody claims what is another's, and it rejects with DISPUTED_ORGANISATION. What was found
 * is kept for a minute; what was not is asked again, since it may be set up at this moment.
 */
export function organizationByVapiId(
  sql: Sql,
  { shareAssistants = false, also = [] }: ResolverOptions = {},
): ResolveOrganization {
  const kept = new Map<string, { readonly organisation: Organisation; readonly until: number }>();
  let columns: Promise<ReadonlySet<string>> | undefined;
  return async ({ message }) => {
    const { call } = message;
    columns ??= readColumns(sql).catch((error: unknown) => {
      columns = undefined;
      throw error;
    });
    const there = await columns;
    const byNumber = await ask(there, "vapi_phone_number_id", call?.phoneNumberId ?? message.phoneNumber?.id);
    if (byNumber === several) throw disputed("several organisations have this number's id");
    if (byNumber !== null && shareAssistants) return byNumber;
    const byAssistant = await ask(there, "vapi_assistant_id", call?.assistantId ?? message.assistant?.id);
    if (byAssistant === several) {
      if (byNumber === null) throw disputed("several organisations have this assistant's id");
      return byNumber;
    }
    if (byNumber !== null && byAssistant !== null && idOf(byNumber) !== idOf(byAssistant)) {
      throw disputed("the number is one organisation's, the assistant another's");
    }
    return byNumber ?? byAssistant;
  };

  async function ask(
    there: ReadonlySet<string>,
    column: "vapi_phone_number_id" | "vapi_assistant_id",
    id: string | null | undefined,
  ): Promise<Organisation | typeof several | null> {
    if (id === null || id === undefined || id === "") return null;
    const key = `${column} ${id}`;
    const last = kept.get(key);
    if (last !== undefined && last.until > performance.now()) return last.organisation;
    const country = there.has("telephony_country");
    const found = there.has(column) ? await find(sql, column, id, country) : [];
    const kind = column === "vapi_phone_number_id" ? "number" : "assistant";
    const further = await Promise.all(also.map((table) => findIn(sql, table, table[kind], id, country)));
    const all = new Map([...found, ...further.flat()].map((one) => [idOf(one), one]));
    const [organisation, another] = all.values();
    if (another !== undefined) return several;
    if (organisation === undefined) return null;
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, { organisation, until: performance.now() + keptMs });
    return organisation;
  }
}

function disputed(message: string): SsotError {
  return new SsotError("DISPUTED_ORGANISATION", message, {
    hint: "Where organisations share assistants: organizationByVapiId(sql, { shareAssistants: true }).",
  });
}

function idOf(organisation: Organisation): string {
  return typeof organisation === "string" ? organisation : organisation.id;
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

async function findIn(
  sql: Sql,
  { table, organisation = "org_id" }: VapiIdTable,
  column: string | undefined,
  id: string,
  hasCountry: boolean,
): Promise<readonly Organisation[]> {
  if (column === undefined) return [];
  const rows = await sql<{ id: string; country: string | null }[]>`
    select distinct o.id, ${hasCountry ? sql`o.telephony_country` : sql`null`} as country
    from ${sql(table)} as t join public.organizations as o on o.id = t.${sql(organisation)}
    where t.${sql(column)}::text = ${id.replaceAll("\u0000", "")}
    order by o.id limit 2`;
  return rows.map((row) => (row.country === null ? row.id : { id: row.id, country: row.country }));
}
