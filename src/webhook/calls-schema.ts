import type { Sql } from "postgres";
import { type ContactColumn, deadText, roleOf } from "../model/contact-role.ts";
import { type CallColumn, optionalColumns } from "./call-columns.ts";

/** What the statement has to know of the database, before, while and after it is migrated. */
export interface CallsSchema {
  /** The columns that events write and that calls has. */
  readonly columns: readonly CallColumn[];
  /** `calls.updated_at`. */
  readonly updatedAt: boolean;
  /** The types of columns that every event writes, where a value has to be cast to them. */
  readonly types: { readonly direction?: ColumnType; readonly score?: ColumnType; readonly tier?: ColumnType };
  /** SQL for: the contact `k` is gone. Of several with one number one that lives counts. */
  readonly dead: string;
  /** `contacts.source`, which migration 2 adds. */
  readonly source: boolean;
  /** A unique index on contacts (org_id, phone), which migration 2 makes: one statement is then enough. */
  readonly unique: boolean;
  /**
   * A call's id is unique in its organisation only, as on a partitioned table: each organisation has ids of its own, and
   * none can name another's call.
   */
  readonly idsPerOrganisation: boolean;
  /** What a statement of its own gets; anything else than read committed has to be asked for. */
  readonly readCommitted: boolean;
}

/** A type of somebody's. */
export interface ColumnType {
  /** As a cast names it. */
  readonly name: string;
  /** Values of ours may be of it. */
  readonly fits: boolean;
}

interface Column {
  readonly name: string;
  /** PostgreSQL's category of its type. */
  readonly category: string;
  readonly type: string;
}

interface SchemaRow {
  readonly calls: readonly Column[];
  readonly contacts: readonly Column[];
  readonly signs: readonly ContactColumn[];
  readonly unique: boolean;
  readonly idsPerOrganisation: boolean;
  readonly isolation: string;
}

/**
 * Asked with a parameter: the driver sends others right behind a query without one, and a pooler in transaction mode takes
 * the server away between the two, so that the second is never answered.
 */
export async function readCallsSchema(sql: Sql): Promise<CallsSchema> {
  const columnsOf = (table: string) => sql`(
        select coalesce(json_agg(json_build_object('name', a.attname, 'category', t.typcategory, 'type', format('%I.%I', n.nspname, t.typname))), '[]')
        from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
        join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
        where a.attrelid = ${table}::text::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '')`;
  // Whether a table has a unique key on exactly these columns, which a statement may name in ON CONFLICT.
  const isKey = (table: string, columns: readonly string[]) => sql`exists (
        select from pg_catalog.pg_index as x
        where x.indrelid = ${table}::text::regclass and x.indisunique and x.indisvalid and x.indimmediate
          and x.indpred is null and x.indexprs is null
          and (select array_agg(a.attname::text order by a.attname)
               from unnest((x.indkey::smallint[])[0:x.indnkeyatts - 1]) as k(attnum)
               join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = k.attnum)
              = ${[...columns]}::text[])`;
  const [row] = await sql<SchemaRow[]>`
    select
      ${columnsOf("public.calls")} as calls, ${columnsOf("public.contacts")} as contacts,
      (select json_agg(json_build_object('name', a.attname, 'type', coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text,
                                         'comment', col_description(a.attrelid, a.attnum)))
       from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
       where a.attrelid = 'public.contacts'::regclass and a.attnum > 0 and not a.attisdropped) as signs,
      ${isKey("public.contacts", ["org_id", "phone"])} as "unique",
      not ${isKey("public.calls", ["vapi_call_id"])}
        and ${isKey("public.calls", ["org_id", "vapi_call_id"])} as "idsPerOrganisation",
      current_setting('transaction_isolation') as isolation`;
  const calls = new Map((row?.calls ?? []).map((column) => [column.name, column]));
  const contacts = new Map((row?.contacts ?? []).map((column) => [column.name, column]));
  return {
    columns: optionalColumns.filter(({ name, category }) => calls.get(name)?.category === category),
    updatedAt: calls.get("updated_at")?.category === "D",
    types: {
      ...castOf("direction", calls.get("call_direction"), text, label),
      ...castOf("score", contacts.get("lead_score"), "", number),
      ...castOf("tier", contacts.get("lead_status"), text, label),
    },
    dead: deadText(
      "k",
      (row?.signs ?? []).map(roleOf).filter((role) => role !== null),
    ),
    source: contacts.get("source")?.category === text,
    unique: row?.unique ?? false,
    idsPerOrganisation: row?.idsPerOrganisation ?? false,
    readCommitted: row?.isolation === "read committed",
  };
}

// PostgreSQL's categories of types.
const text = "S";
const label = "E";
const number = "N";

// Nothing for a type of the category that needs no cast.
function castOf(
  what: keyof CallsSchema["types"],
  column: Column | undefined,
  plain: string,
  cast: string,
): CallsSchema["types"] {
  if (column === undefined || column.category === plain) return {};
  return { [what]: { name: column.type, fits: column.category === cast } };
}
