import type { ISql } from "postgres";
import { type ContactColumn, deadText, roleOf } from "../model/contact-role.ts";
import { type CallColumn, optionalColumns, requiredColumns } from "./call-columns.ts";

/** What the statement has to know of the database, before, while and after it is migrated. */
export interface CallsSchema {
  /** The columns that events write and that calls has; those that every calls table has come first. */
  readonly columns: readonly WrittenColumn[];
  /** Those of them whose type says which texts it takes. */
  readonly limited: readonly WrittenColumn[];
  /** Columns that the host named and that calls does not have, or not of a kind that takes the value. */
  readonly missing: readonly string[];
  /** `calls.updated_at`. */
  readonly updatedAt: boolean;
  /** The types of columns of contacts, where a value has to be cast to them. */
  readonly types: { readonly score?: ColumnType; readonly tier?: ColumnType };
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
  /** A trigger may change a call before it is inserted: then each event has to be an insert. */
  readonly insertsAreChanged: boolean;
  /** What a statement of its own gets; anything else than read committed has to be asked for. */
  readonly readCommitted: boolean;
}

/** A column of calls as the catalog has it. */
export interface WrittenColumn extends CallColumn {
  /** The type that text is cast to, as a cast names it. */
  readonly cast?: string | undefined;
  /** The words that it takes, where its type lists them. */
  readonly words?: readonly string[] | undefined;
  /** In characters, where its type says. */
  readonly longest?: number | undefined;
  /** It decides the partition: a row that is there keeps its value. */
  readonly fixed: boolean;
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
  /** The same without quotes. */
  readonly plain: string;
  readonly words: readonly string[] | null;
  readonly longest: number | null;
  readonly fixed: boolean;
}

interface SchemaRow {
  readonly calls: readonly Column[];
  readonly contacts: readonly Column[];
  readonly signs: readonly ContactColumn[];
  readonly unique: boolean;
  readonly idsPerOrganisation: boolean;
  readonly insertsAreChanged: boolean;
  readonly isolation: string;
}

/**
 * Asked with a parameter: the driver sends others right behind a query without one, and a pooler in transaction mode takes
 * the server away between the two, so that the second is never answered.
 */
export async function readCallsSchema(
  sql: ISql,
  columns: readonly CallColumn[] = optionalColumns,
): Promise<CallsSchema> {
  const columnsOf = (table: string) => sql`(
        select coalesce(json_agg(json_build_object('name', a.attname, 'category', t.typcategory, 'type', format('%I.%I', n.nspname, t.typname), 'plain', n.nspname || '.' || t.typname,
                 'words', (select json_agg(e.enumlabel) from pg_catalog.pg_enum as e where e.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid)),
                 'longest', case when coalesce(nullif(t.typbasetype, 0), t.oid) in ('varchar'::regtype, 'bpchar'::regtype)
                                 then nullif(greatest(a.atttypmod, t.typtypmod), -1) - 4 end,
                 'fixed', exists (select from pg_catalog.pg_partitioned_table as p
                                  where p.partrelid = a.attrelid and a.attnum = any (p.partattrs)))), '[]')
        from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
        join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
        where a.attrelid = ${table}::text::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '')`;
  // Whether a table has a unique key on exactly these columns, which a statement may name in ON CONFLICT.
  const isKey = (table: string, key: readonly string[]) => sql`exists (
        select from pg_catalog.pg_index as x
        where x.indrelid = ${table}::text::regclass and x.indisunique and x.indisvalid and x.indimmediate
          and x.indpred is null and x.indexprs is null
          and (select array_agg(a.attname::text order by a.attname)
               from unnest((x.indkey::smallint[])[0:x.indnkeyatts - 1]) as k(attnum)
               join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = k.attnum)
              = ${[...key]}::text[])`;
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
      exists (select from pg_catalog.pg_trigger as g
              where g.tgrelid = 'public.calls'::regclass and not g.tgisinternal and g.tgtype & 7 = 7) as "insertsAreChanged",
      current_setting('transaction_isolation') as isolation`;
  const calls = new Map((row?.calls ?? []).map((column) => [column.name, column]));
  const contacts = new Map((row?.contacts ?? []).map((column) => [column.name, column]));
  const written = columns.flatMap((column) => asWritten(column, calls.get(column.name)));
  const all = [...requiredColumns.map((column) => withType(column, calls.get(column.name))), ...written];
  return {
    columns: all,
    limited: all.filter(({ required, words, longest }) => !required && (words !== undefined || longest !== undefined)),
    missing: columns
      .filter((column) => column.name !== column.key && !written.some(({ key }) => key === column.key))
      .map(({ name }) => name),
    updatedAt: calls.get("updated_at")?.category === "D",
    types: {
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
    insertsAreChanged: row?.insertsAreChanged ?? false,
    readCommitted: row?.isolation === "read committed",
  };
}

// PostgreSQL's categories of types.
const text = "S";
const label = "E";
const number = "N";

// Cents would be lost in whole numbers; an array of something else than text has no place for ours.
const fractional = ["pg_catalog.numeric", "pg_catalog.float4", "pg_catalog.float8"];

function asWritten(column: CallColumn, found: Column | undefined): readonly WrittenColumn[] {
  if (found === undefined || !column.categories.includes(found.category)) return [];
  if (column.type === "numeric" && !fractional.includes(found.plain)) return [];
  if (column.type === "text[]" && found.plain !== "pg_catalog._text") return [];
  return [withType(column, found)];
}

function withType(column: CallColumn, found: Column | undefined): WrittenColumn {
  return {
    ...column,
    ...(column.categories.includes(label) && found !== undefined && found.category !== text
      ? { cast: found.type }
      : {}),
    ...(found?.words ? { words: found.words } : {}),
    ...(found?.longest ? { longest: found.longest } : {}),
    fixed: found?.fixed ?? false,
  };
}

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
