/**
 * What a session of ours runs with, whatever server, database, role or client set: how values are written and read, what
 * names mean, what may end a session, and how statements are planned. Sessions, psql's files and exported ones have the same.
 */
export const sessionSettings: Readonly<Record<string, string>> = {
  // Values are kept as text, and read again from it.
  timezone: "UTC",
  datestyle: "ISO, YMD",
  intervalstyle: "postgres",
  extra_float_digits: "1",
  bytea_output: "hex",
  lc_monetary: "C",
  xmloption: "content",
  array_nulls: "on",
  standard_conforming_strings: "on",
  transform_null_equals: "off",
  // Definitions are compared as text.
  quote_all_identifiers: "off",
  // Names of ours are qualified; nobody's function of the same name can be taken for one of PostgreSQL's.
  search_path: "",
  // What a definition does not say is the database's own.
  default_tablespace: "",
  default_table_access_method: "heap",
  "plpgsql.extra_errors": "none",
  "plpgsql.extra_warnings": "none",
  // A batch meets what others committed a moment ago.
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  statement_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  idle_session_timeout: "0",
  // Which plans there may be at all is nothing for a database to forbid.
  enable_seqscan: "on",
  enable_indexscan: "on",
  enable_indexonlyscan: "on",
  enable_bitmapscan: "on",
  enable_nestloop: "on",
  enable_hashjoin: "on",
  enable_mergejoin: "on",
  enable_hashagg: "on",
  enable_sort: "on",
  enable_partition_pruning: "on",
  plan_cache_mode: "auto",
  from_collapse_limit: "8",
  join_collapse_limit: "8",
  // A look at the catalog of many tables is planned as if it were dear, and compiled for seconds.
  jit: "off",
};

/** The same, of settings that not every version has: where one is missing, nothing is set. */
export const newerSettings: Readonly<Record<string, string>> = {
  // PostgreSQL 17
  transaction_timeout: "0",
  // Later minor releases
  restrict_nonsystem_relation_kind: "",
};

/** What statements over whole tables run with as well. */
export const bulkSettings: Readonly<Record<string, string>> = { work_mem: "64MB" };

/** The statements that give a session, or with `local` its transaction, these settings. */
export function setStatements(
  settings: Readonly<Record<string, string>>,
  { local = false }: { readonly local?: boolean } = {},
): string {
  return Object.entries(settings)
    .map(([name, value]) => `set ${local ? "local " : ""}${name} = '${value}'`)
    .join("; ");
}

/** The same for settings that not every version has: one query. `local` is an expression of SQL. */
export function setWhereKnown(settings: Readonly<Record<string, string>>, local: string): string {
  const values = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`);
  return `select set_config(s.name, s.value, ${local})
from (values ${values.join(", ")}) as s(name, value)
where current_setting(s.name, true) is not null`;
}
