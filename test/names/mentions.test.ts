import { expect, test } from "vitest";
import type { Surroundings, Watched } from "../../src/names/mention.ts";
import { mentionsIn } from "../../src/names/mentions-in.ts";
import { watchedCalls } from "./watched.ts";

/** Mentions in short: column, how, line; a question mark where only the words tell. */
async function inShort(sql: string, around: Surroundings = {}, watched = watchedCalls): Promise<readonly string[]> {
  const mentions = await mentionsIn(sql, watched, around);
  return mentions
    .filter(({ how }) => how !== "select *")
    .map(({ column, how, certainty, line }) => `${column} ${how} ${line}${certainty === "text" ? "?" : ""}`);
}

const queries: readonly (readonly [title: string, sql: string, expected: readonly string[]])[] = [
  ["a column of calls", "select caller_name from calls", ["caller_name reads 1"]],
  ["a qualified column", "select c.from_number\nfrom public.calls as c", ["from_number reads 1"]],
  ["the table's whole name", "select public.calls.caller_name from public.calls", ["caller_name reads 1"]],
  ["the view", "select v.caller_name from public.calls_with_caller_names v", ["caller_name reads 1"]],
  ["the line of a multibyte text", "select 'é–é',\n\n caller_name from calls", ["caller_name reads 3"]],
  ["case, folded", "SELECT Caller_Name FROM CALLS", ["caller_name reads 1"]],
  ["case, quoted", 'select "Caller_Name" from calls', []],
  ["quotes around the plain name", 'select c."caller_name" from "calls" c', ["caller_name reads 1"]],
  ["another table", "select caller_name from leads", []],
  ["another table beside calls", "select l.caller_name from leads l join calls c on c.id = l.call_id", []],
  ["calls of another schema", "select caller_name from archive.calls", []],
  ["an unqualified name beside calls", "select caller_name from leads, calls", ["caller_name reads 1"]],
  ["a string", "select 'caller_name' from calls", []],
  ["a comment", "select id /* caller_name */ from calls -- from_number", []],
  ["an output's name", "select phone_number as caller_name from calls order by caller_name", []],
  [
    "a name that GROUP BY takes from the table",
    "select 1 as caller_name from calls group by caller_name",
    ["caller_name reads 1"],
  ],
  [
    "WHERE, in a subquery",
    "select 1 from leads where exists (select from calls where from_number = leads.phone)",
    ["from_number reads 1"],
  ],
  [
    "the outer query's column",
    "select (select c.caller_name from leads l limit 1) from calls c",
    ["caller_name reads 1"],
  ],
  ["a subquery that passes rows on", "select s.caller_name from (select * from calls) s", ["caller_name reads 1"]],
  ["a subquery that renames", "select s.caller_name from (select phone_number as caller_name from calls) s", []],
  [
    "another subquery's column beside calls",
    "select 1 from calls c join (select caller_name from leads) l on true",
    [],
  ],
  ["a lateral subquery", "select x.n from calls c, lateral (select caller_name as n) x", ["caller_name reads 1"]],
  ["WITH", "with r as (select * from calls) select caller_name from r", ["caller_name reads 1"]],
  ["WITH of the table's name", "with calls as (select 1 as caller_name) select caller_name from calls", []],
  [
    "WITH RECURSIVE",
    "with recursive r as (select * from calls union all select * from r) select r.from_number from r",
    ["from_number reads 1"],
  ],
  ["both sides of UNION", "select name from contacts union select caller_name from calls", ["caller_name reads 1"]],
  ["USING", "select 1 from calls join leads using (from_number)", ["from_number reads 1"]],
  ["a field of a row", "select (c).caller_name from calls c", ["caller_name reads 1"]],
  [
    "a field of a row that a query passes on",
    "with x as (select c from calls c) select (x.c).caller_name from x",
    ["caller_name reads 1?"],
  ],
  ["a row's column as a function", "select caller_name(c) from calls c", ["caller_name reads 1"]],
  ["a key of the row as JSON", "select to_jsonb(c) ->> 'caller_name' from calls c", ["caller_name dynamic 1?"]],
  ["a key of other JSON", "select payload ->> 'caller_name' from calls", []],
  ["INSERT", "insert into calls (id, caller_name) values (1, 'x')", ["caller_name writes 1"]],
  ["INSERT without a list", "insert into calls values (1, 'x')", ["caller_name writes 1?", "from_number writes 1?"]],
  ["INSERT into another table", "insert into leads (caller_name) select phone_number from calls", []],
  [
    "ON CONFLICT",
    "insert into calls (id) values (1) on conflict (id) do update set from_number = excluded.from_number",
    ["from_number writes 1", "from_number reads 1"],
  ],
  ["UPDATE", "update calls set caller_name = null", ["caller_name writes 1"]],
  ["UPDATE of several columns", "update calls set (caller_name, x) = (select 1, 2)", ["caller_name writes 1"]],
  ["UPDATE of another table from calls", "update leads set caller_name = c.phone_number from calls c", []],
  [
    "UPDATE of another table with the value",
    "update leads set caller_name = c.caller_name from calls c",
    ["caller_name reads 1"],
  ],
  ["DELETE", "delete from calls where from_number = $1", ["from_number reads 1"]],
  ["RETURNING", "delete from calls returning caller_name", ["caller_name returning 1"]],
  [
    "MERGE",
    "merge into calls c using leads l on c.id = l.id when matched then update set caller_name = l.caller_name",
    ["caller_name writes 1"],
  ],
  ["COPY", "copy calls (id, caller_name) from stdin", ["caller_name writes 1"]],
  ["a cursor", "declare k cursor for select caller_name from calls", ["caller_name reads 1"]],
  ["EXPLAIN", "explain select caller_name from calls", ["caller_name reads 1"]],
  [
    "a table made of calls",
    "create temp table t as select * from calls; select t.caller_name from t",
    ["caller_name reads 1"],
  ],
  ["a table like calls", "create temp table t (like calls); update t set caller_name = 'x'", ["caller_name writes 1"]],
  ["DDL", "alter table calls alter column caller_name drop not null", ["caller_name dynamic 1?"]],
  ["DDL of another table", "alter table leads add column caller_name text", []],
  [
    "several statements",
    "select 1;\nselect caller_name from calls;\nselect from_number from leads",
    ["caller_name reads 2"],
  ],
  ["a text that is no SQL", "select from where\ncaller_name calls", ["caller_name dynamic 2?"]],
  [
    "SQL that a function runs",
    "select query_to_xml('select caller_name from calls', true, true, '')",
    ["caller_name dynamic 1?"],
  ],
];

test.each(queries)("a statement is read by the grammar: %s", async (_, sql, expected) => {
  expect(await inShort(sql)).toEqual(expected);
});

/** The body of a function in PL/pgSQL, from its second line on. */
const plpgsql = (body: string, head = "create function public.f() returns void"): string =>
  `${head} language plpgsql as $body$\n${body}\n$body$`;
const begin = (statement: string, declare = ""): string => plpgsql(`declare ${declare} begin\n${statement}\nend`);
const trigger = (statement: string): string =>
  plpgsql(`begin\n${statement}\nreturn new; end`, "create function public.f() returns trigger");

const bodies: readonly (readonly [title: string, sql: string, expected: readonly string[], around?: Surroundings])[] = [
  ["a query", begin("perform caller_name from public.calls;"), ["caller_name reads 3"]],
  ["a query over lines", begin("update calls\nset x = 1,\n  from_number = 'y';"), ["from_number writes 5"]],
  [
    "a condition",
    begin("if exists (select from calls where caller_name is null) then null; end if;"),
    ["caller_name reads 3"],
  ],
  [
    "a loop over another table's rows",
    begin("for r in select * from leads loop perform r.caller_name; end loop;", "r record;"),
    [],
  ],
  [
    "a loop over rows of calls",
    begin("for r in select * from calls loop\nperform r.caller_name; end loop;", "r record;"),
    ["caller_name reads 4"],
  ],
  [
    "a record with the column's value only",
    begin("select caller_name into r from leads;\nperform r.caller_name, id from calls;", "r record;"),
    [],
  ],
  ["a row type", begin("r.caller_name := 'x';", "r public.calls%rowtype;"), ["caller_name writes 3"]],
  [
    "a row of an array, by a place that is another array's",
    begin("r[p[1]].caller_name := 'x';", "r public.calls[]; p int[];"),
    ["caller_name writes 3"],
  ],
  ["a row type with blanks", begin("r.caller_name := 'x';", "r calls % ROWTYPE;"), ["caller_name writes 3"]],
  ["a table as a type", begin("perform r.from_number;", "r public.calls;"), ["from_number reads 3"]],
  ["another table's row type", begin("r.caller_name := 'calls';", "r leads%rowtype;"), []],
  ["a column's type", begin("null;", "x public.calls.caller_name%type;"), ["caller_name reads 2"]],
  [
    "a variable of that name",
    begin("caller_name := 'x'; insert into calls (name) values (caller_name);", "caller_name text;"),
    [],
  ],
  [
    "a parameter of that name",
    plpgsql(
      "begin insert into calls (name) values ($1); perform caller_name; end",
      "create function public.f(caller_name text) returns void",
    ),
    [],
  ],
  [
    "a parameter that is a row",
    plpgsql("begin perform r.caller_name; end", "create function public.f(r public.calls) returns void"),
    ["caller_name reads 2"],
  ],
  [
    "new in a trigger on calls",
    trigger("new.caller_name := old.from_number;"),
    ["caller_name writes 3", "from_number reads 3"],
    { fires: true },
  ],
  ["new in a trigger on another table", trigger("new.caller_name := 'calls';"), []],
  ["RETURN of a whole row", trigger("insert into log values ('caller_name');"), [], { fires: true }],
  ["new as JSON", trigger("perform to_jsonb(new) ->> 'caller_name';"), ["caller_name dynamic 3?"], { fires: true }],
  ["INTO a field", trigger("select 'x' into new.caller_name;"), ["caller_name writes 3"], { fires: true }],
  ["a transition table", trigger("perform caller_name from added;"), ["caller_name reads 3"], { relations: ["added"] }],
  [
    "a string and a comment",
    begin("raise notice 'caller_name of calls'; -- caller_name\nperform 'calls.caller_name';"),
    [],
  ],
  ["EXECUTE of a constant", begin("execute 'update calls set caller_name = null';"), ["caller_name writes 3"]],
  ["EXECUTE of a constant about another table", begin("execute 'update leads set caller_name = null -- calls';"), []],
  ["EXECUTE format()", begin("execute format('update %I set caller_name = 1', 'calls');"), ["caller_name dynamic 3?"]],
  [
    "EXECUTE of a concatenation",
    begin("execute 'update calls set ' || 'from_number' || ' = 1';"),
    ["from_number dynamic 3?"],
  ],
  [
    "EXECUTE of a variable",
    begin("q := 'update calls set caller_name = 1';\nexecute q;", "q text;"),
    ["caller_name dynamic 3?"],
  ],
  [
    "EXECUTE of a text made in pieces",
    begin("q := 'update calls set ';\nq := q || 'caller_name = 1'; execute q;", "q text;"),
    ["caller_name dynamic 4?"],
  ],
  [
    "a loop over EXECUTE",
    begin("for r in execute q loop perform r.caller_name; end loop;", "q text; r record;"),
    ["caller_name reads 3?"],
  ],
  [
    "RETURN QUERY EXECUTE",
    plpgsql(
      "begin return query execute 'select caller_name from calls'; end",
      "create function public.f() returns setof text",
    ),
    ["caller_name reads 2"],
  ],
  [
    "a cursor",
    begin("open k; fetch k into r; perform r.from_number;", "k cursor for select caller_name from calls; r record;"),
    ["caller_name reads 2"],
  ],
  [
    "a cursor over whole rows",
    begin("for r in k loop perform r.from_number; end loop;", "k cursor for select * from calls;"),
    ["from_number reads 3"],
  ],
  [
    "an exception's handler",
    begin("null; exception when others then update calls set caller_name = 'x';"),
    ["caller_name writes 3"],
  ],
  [
    "CASE and ELSE",
    begin("case 1 when 2 then null; else update calls set caller_name = 'x'; end case;"),
    ["caller_name writes 3"],
  ],
  [
    "FOREACH",
    begin("foreach x in array (select array_agg(caller_name) from calls) loop null; end loop;", "x text;"),
    ["caller_name reads 3"],
  ],
  ["a default", begin("null;", "x text := (select max(caller_name) from calls);"), ["caller_name reads 2"]],
  [
    "a nested block's label",
    plpgsql("<<b>> declare caller_name text; begin insert into calls (id) values (b.caller_name); end"),
    [],
  ],
  ["a body that cannot be read", begin("updat calls set caller_name = 1;"), ["caller_name dynamic 3?"]],
  ["DO", "do $$ begin\nupdate calls set caller_name = 1; end $$", ["caller_name writes 2"]],
  [
    "SQL",
    "create function f() returns text language sql as $$ select 1;\nselect caller_name from calls $$",
    ["caller_name reads 2"],
  ],
  [
    "SQL over another table",
    "create function f(caller_name text) returns text language sql as $$ select f.caller_name from leads f, calls $$",
    [],
  ],
  [
    "a field of a parameter in SQL",
    "create function f(public.calls) returns text language sql as $$ select $1.caller_name $$",
    ["caller_name reads 1"],
  ],
  [
    "SQL over a function that returns calls",
    "create function f() returns text language sql as $$ select caller_name from recent(3) $$",
    ["caller_name reads 1"],
    { functions: ["recent"] },
  ],
  [
    "another language",
    "create function f() returns text language plpython3u as $$\nplpy.execute('select caller_name from calls') $$",
    ["caller_name dynamic 2?"],
  ],
];

const surrounded = bodies.map(([title, sql, expected, around = {}]) => [title, sql, expected, around] as const);

test.each(surrounded)("a body is read by the grammar: %s", async (_, sql, expected, around) => {
  expect(await inShort(sql, around)).toEqual(expected);
});

const value = "(select max(caller_name) from calls)";
const places: readonly (readonly [place: string, statement: string])[] = [
  ["IF", `if true then null; elsif ${value} is null then null; end if;`],
  ["ELSE", `if true then null; else perform ${value}; end if;`],
  ["CASE", `case ${value} when 'x' then null; end case;`],
  ["WHEN", `case 'x' when ${value} then null; end case;`],
  ["WHILE", `while ${value} is null loop null; end loop;`],
  ["EXIT", `loop exit when ${value} is null; end loop;`],
  ["LOOP", `loop perform ${value}; end loop;`],
  ["FOR over numbers", `for i in 1 .. length(${value}) loop null; end loop;`],
  ["the body of FOR", `for i in 1 .. 2 loop perform ${value}; end loop;`],
  ["FOR over EXECUTE", `for r in execute 'select 1' using ${value} loop null; end loop;`],
  ["the body of a cursor's FOR", `for q in k(1) loop perform ${value}; end loop;`],
  ["a cursor's argument", `open k(length(${value}));`],
  ["OPEN FOR", `open u for select caller_name from calls;`],
  ["OPEN FOR EXECUTE", `open u for execute 'select caller_name from calls';`],
  ["FOREACH", `foreach x in array array[${value}] loop null; end loop;`],
  ["an assignment", `x := ${value};`],
  ["EXECUTE's parameters", `execute 'select $1' into x using ${value};`],
  ["CALL", `call p(${value});`],
  ["RAISE", `raise notice '%', ${value};`],
  ["RAISE's options", `raise exception using hint = ${value};`],
  ["ASSERT", `assert ${value} is null;`],
  ["RETURN", `return next ${value};`],
  ["RETURN QUERY", `return query select caller_name from calls;`],
  ["a block within", `declare y text := ${value}; begin null; end;`],
  ["a handler", `begin null; exception when no_data_found then perform ${value}; end;`],
];

test.each(places)("every place of PL/pgSQL is read: %s", async (_, statement) => {
  const declarations = "x text; r record; u refcursor; k cursor (n integer) for select 1;";
  const body = `declare ${declarations} begin\n${statement}\nend`;
  expect(await inShort(plpgsql(body, "create function public.f() returns setof text"))).toEqual([
    "caller_name reads 3",
  ]);
});

test("whole rows are told apart from the columns by name", async () => {
  for (const sql of [
    "select * from calls",
    "select c.* from calls c",
    "select c from calls c",
    "copy calls to stdout",
  ]) {
    expect(await mentionsIn(sql, watchedCalls)).toMatchObject([
      { column: "caller_name", how: "select *", certainty: "grammar" },
      { column: "from_number", how: "select *", certainty: "grammar" },
    ]);
  }
  expect(await mentionsIn("select count(*) from calls", watchedCalls)).toEqual([]);
  expect(await mentionsIn("select l.* from calls c, leads l", watchedCalls)).toEqual([]);
});

test("another table's columns are found as those of calls are, and with names that have to be quoted", async () => {
  const watched: Watched = {
    relations: [{ schema: "site", name: "Pages" }],
    columns: ["authorName", "cost ($)"],
  };
  const cases: readonly (readonly [sql: string, expected: readonly string[]])[] = [
    ['select "authorName" from site."Pages"', ["authorName reads 1"]],
    ['select p."cost ($)" from "Pages" p', ["cost ($) reads 1"]],
    ["select authorName from pages", []],
    ["select caller_name from calls", []],
    ['update site."Pages" set "authorName" = null', ["authorName writes 1"]],
    [`select to_jsonb(p) ->> 'authorName' from "Pages" p`, ["authorName dynamic 1?"]],
    ['select "authorName" from other."Pages"', []],
    ['begin atomic select "authorName"', ["authorName dynamic 1?"]],
  ];
  for (const [sql, expected] of cases) expect(await inShort(sql, {}, watched), sql).toEqual(expected);
});
