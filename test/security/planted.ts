/** What a role that may create puts where a run would call it. */
export interface Planted {
  readonly what: string;
  /** Done as the partner; `{runner}` is the role that will run, in whose search path its own schema comes first. */
  readonly sql: string;
  /** Done by the owner of the tables, who takes what the partner made for harmless. */
  readonly byOwner?: string;
  /** Stands in what every command says. */
  readonly says: string;
}

/** Tells by a sequence, which nothing takes back, that it ran as somebody else than whoever made it. */
export const bait = `
  create sequence theirs.bitten; grant usage on schema theirs to public; grant all on sequence theirs.bitten to public;
  create function theirs.evil() returns boolean language plpgsql immutable as $f$
  begin if current_user not like 'ssot_partner%' then perform pg_catalog.nextval('theirs.bitten'); end if; return true; end $f$;
  create function theirs.evil_row() returns trigger language plpgsql as $f$ begin perform theirs.evil(); return coalesce(new, old); end $f$;
  create view theirs.evil_view as select theirs.evil() as told;
  grant select on theirs.evil_view to public;
  create domain theirs.tells as integer constraint tells check (theirs.evil());
  create domain theirs.asks as integer constraint asks check (query_to_xml('select theirs.evil()', true, false, '') is not null);`;

/** Of the owner's, and without a search path: it looks for what it names. Besides, a function that runs what it is given. */
export const loose = `
  create table public.touched (relation text);
  create type public.mood as enum ('good');
  create function public.touch() returns trigger language plpgsql as $f$ begin insert into touched values (tg_table_name); return new; end $f$;
  create trigger touch before update on public.calls for each row execute function public.touch();
  create function public.exec_sql(command text) returns boolean language plpgsql as $f$ begin execute command; return true; end $f$`;

let made = 0;

// A table of the partner's that references contacts.
function reference(rest: (table: string) => string, columns = ""): string {
  made += 1;
  const table = `theirs.t${made}`;
  return `create table ${table} (contact_id uuid references public.contacts (id) ${columns}); ${rest(table)}`;
}

const trigger = (table: string, how: string): string =>
  `create trigger told ${how} execute function theirs.evil_row()`.replace("{t}", table);

const checks: readonly Planted[] = [
  ["a function of its own", "theirs.evil()", "calls theirs.evil()"],
  ["SQL as a text", "query_to_xml('select theirs.evil()', true, false, '') is not null", "calls query_to_xml("],
  ["a view by its name", "table_to_xml('theirs.evil_view', true, false, '') is not null", "calls table_to_xml("],
  ["a schema by its name", "schema_to_xml('theirs', true, false, '') is not null", "calls schema_to_xml("],
  [
    "SQL for a search",
    "ts_rewrite('a', 'select ''a''::tsquery, ''b''::tsquery from theirs.evil_view') is not null",
    "calls ts_rewrite(",
  ],
  ["a setting", "set_config('search_path', 'theirs', false) is not null", "calls set_config("],
  ["the end of our session", "not pg_terminate_backend(pg_backend_pid())", "calls pg_terminate_backend("],
  ["a message to whoever listens", "pg_notify('told', contact_id::text) is null", "calls pg_notify("],
  ["a large object", "lo_create(0) > 0", "calls lo_create("],
  ["a lock", "pg_try_advisory_lock(1)", "calls pg_try_advisory_lock("],
  [
    "the owner's function that runs what it is given",
    "public.exec_sql('select theirs.evil()')",
    "exec_sql(text), and was written by",
  ],
  [
    "a cast to a domain",
    "contact_id::text::integer::theirs.tells is not null",
    "constraint tells on theirs.tells calls theirs.evil()",
  ],
  [
    "a cast to a domain that asks",
    "contact_id::text::integer::theirs.asks is not null",
    "constraint asks on theirs.asks calls query_to_xml(",
  ],
].map(([what, condition, says]) => ({
  what: `a CHECK with ${what}`,
  sql: reference((table) => `alter table ${table} add constraint told check (${condition})`),
  says: says ?? "",
}));

const triggers: readonly Planted[] = [
  "before update on {t} for each row",
  "after update on {t} for each row",
  "after update on {t}",
].map((how) => ({
  what: `a trigger ${how.replace(" on {t}", "")}`,
  sql: reference((table) => trigger(table, how)),
  says: `trigger told on theirs.t${made}`,
}));

const tables: readonly Planted[] = [
  {
    what: "a constraint trigger that waits for the commit",
    sql: reference(
      (t) =>
        `create constraint trigger told after update on ${t} deferrable initially deferred for each row execute function theirs.evil_row()`,
    ),
    says: `trigger told on theirs.t${made}`,
  },
  {
    what: "a trigger's condition that asks",
    sql: reference(
      (
        t,
      ) => `create trigger told before update on ${t} for each row when (query_to_xml('select theirs.evil()', true, false, '') is null)
              execute function suppress_redundant_updates_trigger()`,
    ),
    says: "trigger told on theirs.t".concat(String(made), " calls query_to_xml("),
  },
  {
    what: "a trigger of a child table",
    sql: reference(
      (t) =>
        `create table theirs.child () inherits (${t}); ${trigger("theirs.child", "before update on {t} for each row")}`,
    ),
    says: "trigger told on theirs.child",
  },
  {
    what: "a CHECK of a child's child",
    sql: reference(
      (t) =>
        `create table theirs.kid () inherits (${t}); create table theirs.grandchild (x integer constraint told check (theirs.evil())) inherits (theirs.kid)`,
    ),
    says: "constraint told on theirs.grandchild",
  },
  {
    what: "a trigger of a partition",
    sql: `create table theirs.parts (contact_id uuid references public.contacts (id), k integer) partition by list (k);
      create table theirs.part partition of theirs.parts for values in (1); ${trigger("theirs.part", "before update on {t} for each row")}`,
    says: "trigger told on theirs.part",
  },
  {
    what: "a trigger of a table that follows",
    sql: reference(
      (t) =>
        `create table theirs.follows (c uuid references ${t} (contact_id) on update cascade); ${trigger("theirs.follows", "after update on {t} for each row")}`,
      "unique",
    ),
    says: "trigger told on theirs.follows",
  },
  {
    what: "a trigger of a table that follows one that follows",
    sql: reference(
      (t) => `create table theirs.second (c uuid unique references ${t} (contact_id) on update cascade);
        create table theirs.third (c uuid references theirs.second (c) on update set null); ${trigger("theirs.third", "after update on {t} for each row")}`,
      "unique",
    ),
    says: "trigger told on theirs.third",
  },
  {
    what: "an index over a function",
    sql: reference((t) => `create index told on ${t} ((theirs.evil()))`),
    says: "index theirs.told on",
  },
  {
    what: "an index for some rows",
    sql: reference((t) => `create index told_some on ${t} (contact_id) where theirs.evil()`),
    says: "index theirs.told_some on",
  },
  {
    what: "a generated column",
    sql: reference(() => "", ", told boolean generated always as (theirs.evil()) stored"),
    says: `expression of column told of theirs.t${made}`,
  },
  {
    what: "an operator",
    sql: `create function theirs.same(uuid, uuid) returns boolean language plpgsql immutable as 'begin return theirs.evil(); end';
      create operator theirs.=== (function = theirs.same, leftarg = uuid, rightarg = uuid);
      ${reference((t) => `alter table ${t} add constraint told check (contact_id operator(theirs.===) contact_id)`)}`,
    says: "calls theirs.same(uuid,uuid)",
  },
  {
    what: "a rule",
    sql: `create table theirs.log (told boolean); ${reference((t) => `create rule told as on update to ${t} do also insert into theirs.log select theirs.evil()`)}`,
    says: `rule told on theirs.t${made}`,
  },
];

const types: readonly Planted[] = (
  [
    [
      "an array",
      "create domain theirs.of_array as integer constraint of_array check (theirs.evil())",
      "theirs.of_array[]",
    ],
    [
      "a range",
      "create domain theirs.of_range as integer constraint of_range check (theirs.evil()); create type theirs.spans as range (subtype = theirs.of_range)",
      "theirs.spans",
    ],
    [
      "a multirange",
      "create domain theirs.of_many as integer constraint of_many check (theirs.evil()); create type theirs.many as range (subtype = theirs.of_many, multirange_type_name = theirs.spanses)",
      "theirs.spanses",
    ],
    [
      "a composite type",
      "create domain theirs.of_parts as integer constraint of_parts check (theirs.evil()); create type theirs.pair as (a theirs.of_parts)",
      "theirs.pair",
    ],
    [
      "a domain over a domain",
      "create domain theirs.of_base as integer constraint of_base check (theirs.evil()); create domain theirs.over as theirs.of_base",
      "theirs.over",
    ],
  ] as const
).map(([what, sql, type], n) => ({
  what: `${what} over a domain in a column of contacts`,
  sql,
  byOwner: `alter table public.contacts add column theirs_${n} ${type}`,
  says: `constraint ${/of_\w+/.exec(sql)?.[0]} on`,
}));

const names: readonly Planted[] = [
  {
    what: "a view of our name",
    sql: "create view public.calls_with_caller_names as select 1 as id",
    says: "view public.calls_with_caller_names has a name of ours",
  },
  {
    what: "an audit table of our name",
    sql: "create table public.deprecated_column_audit (id integer)",
    says: "relation public.deprecated_column_audit has a name of ours",
  },
  {
    what: "a witness of our name",
    sql: "create function public.check_deprecated_column_writes_with_audit() returns trigger language plpgsql as 'begin return new; end'",
    says: "check_deprecated_column_writes_with_audit() has a name of ours",
  },
  { what: "the schema of the search", sql: "create schema ssot_search", says: "schema ssot_search has a name of ours" },
];

const inPath: readonly Planted[] = [
  {
    what: "a table before the one that is meant",
    sql: `create table {runner}.touched (relation text); ${trigger("{runner}.touched", "before insert on {t} for each row")}`,
    says: "finds {runner}.touched",
  },
  {
    what: "a domain before the type that is meant",
    sql: "create domain {runner}.mood as text check (theirs.evil())",
    says: "finds {runner}.mood",
  },
  {
    what: "a function that fits better",
    sql: "create function {runner}.lower(name) returns text language plpgsql as 'begin perform theirs.evil(); return $1; end'",
    says: "calls {runner}.lower(name)",
  },
  {
    what: "an operator that fits better",
    sql: `create function {runner}.equals(uuid, text) returns boolean language plpgsql as 'begin return theirs.evil(); end';
      create operator {runner}.= (function = {runner}.equals, leftarg = uuid, rightarg = text)`,
    says: "calls operator {runner}.=(uuid,text)",
  },
];

/** All of it fits into one database. Names that a run has given are taken only before. */
export const plantedBefore: readonly Planted[] = [...checks, ...triggers, ...tables, ...types, ...names, ...inPath];
export const plantedLater: readonly Planted[] = plantedBefore.filter((one) => !names.includes(one));
