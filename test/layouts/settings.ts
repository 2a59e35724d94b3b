import type { Layout } from "./layout.ts";

const later = "created_at = '2026-03-04 05:06:07.891+00'";
const duplicate = "'00000000-0000-0000-0001-000000000002'";

/** Columns of types whose text depends on a setting: what a merged contact had is kept as text. */
export const telling = `
  alter table contacts
    add owed money, add waits interval, add share double precision, add part real, add picture bytea, add note xml,
    add born date, add seen timestamp, add tags text[], add stays tstzrange, add slots interval[];
  update contacts set ${later}, owed = '-1234.56', waits = '1 year 2 mons -3 days 04:05:06.789', share = 0.1::float8 + 0.2::float8,
    part = 0.1::real, picture = '\\x00ff5c27', note = 'text <b>and</b> more', born = '2026-03-04', seen = '2026-03-04 05:06:07.891',
    tags = array['a', null, 'null', 'b"c'], stays = tstzrange('2026-03-04 05:06:07+00', null), slots = array['-1 day', '02:03:04']::interval[]
  where id = ${duplicate};`;

function database(...settings: readonly string[]): string {
  return settings.map((setting) => `alter database {database} set ${setting};`).join("\n");
}

/** Settings under which those texts are others. `{database}` is the database. */
export const otherTexts = database(
  "datestyle = 'German, DMY'",
  "intervalstyle = 'sql_standard'",
  "extra_float_digits = -10",
  "bytea_output = 'escape'",
  "timezone = 'Asia/Kathmandu'",
  "xmloption = 'document'",
  "array_nulls = off",
  "standard_conforming_strings = off",
  "quote_all_identifiers = on",
  "transform_null_equals = on",
);

/** Settings of a database or role that change what a session reads or writes, or end it. */
export const settingLayouts: readonly Layout[] = [
  { what: "nothing odd", sql: "", right: "works" },
  {
    what: "dates in the order of days",
    always: true,
    sql: `update contacts set ${later} where id = ${duplicate}; ${database("datestyle = 'SQL, DMY'")}`,
    right: "works",
  },
  {
    what: "values of every type whose text depends on a setting",
    sql: telling,
    right: "works",
  },
  {
    what: "those values, and all of these settings otherwise",
    sql: `${telling}
      ${otherTexts}`,
    right: "works",
  },
  {
    what: "the same of the role alone, which a superuser gave",
    sql: `${telling} alter role {role} set datestyle = 'Postgres, DMY'; alter role {role} set intervalstyle = 'iso_8601';
      alter role {role} in database {database} set extra_float_digits = 0`,
    byMigrator: true,
    right: "works",
  },
  { what: "a session may not be idle", always: true, sql: database("idle_session_timeout = '300ms'"), right: "works" },
  {
    what: "a transaction may take a second, and a row takes one",
    always: true,
    since: 17,
    sql: `create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return new; end $$;
      create trigger slow before update on calls for each row execute function slow();
      ${database("transaction_timeout = '1s'")}`,
    right: "works",
  },
  {
    what: "short time-outs of statements, locks and idle transactions",
    sql: database(
      "statement_timeout = '20ms'",
      "lock_timeout = '20ms'",
      "idle_in_transaction_session_timeout = '20ms'",
    ),
    right: "works",
  },
  {
    what: "transactions are serializable, and deferrable",
    sql: database("default_transaction_isolation = 'serializable'", "default_transaction_deferrable = on"),
    right: "works",
  },
  {
    what: "no plan but nested loops over indexes",
    sql: database(
      "enable_seqscan = off",
      "enable_hashjoin = off",
      "enable_mergejoin = off",
      "enable_bitmapscan = off",
      "enable_sort = off",
      "plan_cache_mode = 'force_generic_plan'",
    ),
    right: "works",
  },
  {
    what: "PL/pgSQL is asked to be strict",
    sql: database("plpgsql.extra_errors = 'all'"),
    right: "works",
  },
  {
    what: "bodies of functions are not checked, and names are searched elsewhere",
    sql: `create schema elsewhere; create table elsewhere.calls (id int); create function elsewhere.now() returns timestamptz
        language sql as $$ select '1999-01-01'::timestamptz $$;
      ${database("check_function_bodies = off", "search_path = elsewhere, pg_catalog")}`,
    right: "works",
  },
  {
    what: "row level security is switched off in sessions",
    sql: database("row_security = off"),
    right: "works",
  },
  {
    what: "what is written is another encoding's",
    sql: `update contacts set name = 'Zoë Müller' where id = ${duplicate}; ${database("client_encoding = 'LATIN1'")}`,
    right: "works",
  },
  {
    what: "the database is read-only by default",
    always: true,
    sql: database("default_transaction_read_only = on"),
    right: { code: "PREFLIGHT", says: "default_transaction_read_only is on, set for database" },
  },
  {
    what: "the role is read-only by default",
    sql: "alter role {role} set default_transaction_read_only = on",
    byMigrator: true,
    right: { code: "PREFLIGHT", says: "default_transaction_read_only is on, set for role" },
  },
  {
    what: "the role is read-only by default in this database",
    sql: "alter role {role} in database {database} set default_transaction_read_only = on",
    byMigrator: true,
    right: { code: "PREFLIGHT", says: "in database" },
  },
  {
    what: "the database has sessions in the replica's role",
    sql: database("session_replication_role = 'replica'"),
    right: { code: "PREFLIGHT", says: "session_replication_role is replica, set for database" },
  },
  {
    what: "triggers fire in a session of the replica's role alone",
    sql: `create function stamp() returns trigger language plpgsql as $$ begin new.updated_at := '2026-06-01'; return new; end $$;
      create trigger stamp before update on calls for each row execute function stamp();
      alter table calls enable replica trigger stamp`,
    right: "works",
  },
];
