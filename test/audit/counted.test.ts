import { afterAll, beforeAll, expect, test } from "vitest";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { recordReaders } from "../../src/core/audit/record-readers.ts";
import { type Reader, readReaders } from "../../src/db/queries/readers.ts";
import { readVerdicts } from "../../src/db/queries/verdicts.ts";
import { type RecordedDatabase, type RecordingClones, startRecordingClones } from "../support/recording-server.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";

let clones: RecordingClones;
let database: RecordedDatabase;

const mark = "20260209000400_mark_deprecated";

beforeAll(async () => {
  clones = await startRecordingClones();
  database = await clones.clone();
  await database.sql.unsafe(`
    create table public.leads (id uuid, caller_name text);
    create view public.named_calls as select id, caller_name as shown from public.calls;
    create view public.weekly as select shown, count(*) as n from public.named_calls group by shown;
    create view public.plain_calls as select id, notes from public.calls;
    create function public.first_name() returns text language sql as 'select max(caller_name) from public.calls'`);
});
afterAll(() => clones?.stop());

// A statement, and what it is to the gate: by the grammar, and by its words alone; null: no reader.
const statements: readonly (readonly [
  what: string,
  sql: string,
  grammar: Reader["how"] | null,
  words?: Reader["how"] | null,
])[] = [
  ["a named column", "select caller_name from public.calls where notes = 'Secret Person'", "reads"],
  [
    "an ORM's quoted list",
    `select "public"."calls"."id", "public"."calls"."caller_name" from "public"."calls" where 1=1`,
    "reads",
  ],
  ["a condition", "delete from public.calls where from_number = 'Secret Person'", "reads"],
  [
    "RETURNING of an INSERT",
    "insert into public.calls (org_id, vapi_call_id, call_direction) select org_id, 'counted', 'inbound' from public.calls limit 1 returning id, caller_name",
    "returning",
  ],
  [
    "RETURNING of an UPDATE",
    "update public.calls set notes = 'Secret Person' where vapi_call_id = 'counted' returning from_number",
    "returning",
  ],
  [
    "RETURNING of a DELETE",
    "delete from public.calls where vapi_call_id = 'counted' returning caller_name",
    "returning",
  ],
  [
    "MERGE",
    "merge into public.calls as c using (values ('x')) as s(v) on c.caller_name = s.v when matched then do nothing",
    "reads",
  ],
  [
    "COPY of a query",
    "copy (select from_number from public.calls where caller_name = 'Secret Person') to '/dev/null'",
    "copy",
  ],
  ["COPY of columns", "copy public.calls (id, caller_name) to '/dev/null'", "copy"],
  ["COPY of all", "copy public.calls to '/dev/null'", "select *"],
  [
    "CREATE TABLE AS",
    "create temp table taken as select caller_name from public.calls where notes = 'Secret Person'",
    "reads",
  ],
  ["SELECT INTO", "select caller_name into temp table taken_too from public.calls", "reads"],
  [
    "a cursor",
    "declare c cursor with hold for select caller_name from public.calls where notes = 'Secret Person'",
    "reads",
  ],
  [
    "a prepared statement",
    "prepare p as select caller_name from public.calls where notes = $1; execute p('Secret Person')",
    "reads",
  ],
  ["DO", "do $$ begin perform caller_name from public.calls where notes = 'Secret Person'; end $$", "reads", "dynamic"],
  ["a comment in front", "/* Secret Person */ select caller_name from public.calls", "reads"],
  ["a WITH query", "with c as (select caller_name from public.calls) select count(*) from c", "reads"],
  ["a view that reads it", "select shown from public.named_calls", "view"],
  ["a view on that view", "select * from public.weekly", "view"],
  ["our view, by name", "select caller_name from public.calls_with_caller_names limit 1", "reads"],
  ["EXPLAIN ANALYZE", "explain analyze select caller_name from public.calls", "reads"],
  ["a key of JSON", "select to_jsonb(c) ->> 'caller_name' from public.calls as c", "dynamic"],
  ["a path of JSON", "select jsonb_extract_path_text(to_jsonb(c), 'caller_name') from public.calls as c", "dynamic"],
  ["whole rows", "select * from public.calls", "select *"],
  ["whole rows of an alias", "select c.* from public.calls as c", "select *"],
  ["RETURNING *", "update public.calls set notes = null where false returning *", "select *"],
  [
    "another table's column",
    "select l.caller_name from public.leads as l left join public.calls as c using (id)",
    null,
    "reads",
  ],
  ["a view that does not read it", "select * from public.plain_calls", null],
  ["what only writes", "update public.calls set caller_name = 'Secret Person' where false", null],
  ["a value of that name", "select count(*) from public.calls where notes = 'caller_name'", null],
  ["EXPLAIN", "explain select caller_name from public.calls", null],
  ["a function, which is a dependent itself", "select public.first_name()", null],
  ["a definition", "comment on column public.calls.from_number is 'caller_name of public.calls'", null],
];

// So that it can be sent twice.
const again = `close all; deallocate all; discard temp; delete from public.calls where vapi_call_id = 'counted'`;

/** What the gate's evidence says after one statement was sent, by the grammar or by words. */
async function seenAfter(statement: string, by: "grammar" | "words"): Promise<readonly Reader[]> {
  const { sql } = database;
  await sql`truncate ssot.reader, ssot.reader_sample`;
  await sql`select pg_stat_statements_reset()`;
  await sql.unsafe(statement);
  const { readers } = await readReaders(sql, mark, by === "words" ? "{}" : await readVerdicts(sql, mark));
  return readers;
}

const both = statements.map(
  ([what, sql, grammar, words]) => [what, sql, grammar, words === undefined ? grammar : words] as const,
);

test.each(both)("%s is counted as what it is", async (_, statement, grammar, words) => {
  const read = await seenAfter(statement, "grammar");
  expect(read.map(({ how }) => how)).toEqual(grammar === null ? [] : [grammar]);
  expect(read.filter(({ weight }) => weight === "reason")).toHaveLength(
    grammar === null || grammar === "select *" || grammar === "dynamic" ? 0 : 1,
  );
  await database.sql.unsafe(again);
  const worded = await seenAfter(statement, "words");
  expect(worded.map(({ how }) => how)).toEqual(words === null ? [] : [words]);
  await database.sql`select ssot.record_readers(${mark})`;
  const kept = await database.sql`select r::text as row from ssot.reader as r`;
  expect(JSON.stringify([read, kept])).not.toContain("Secret Person");
});

test("a dump is none, whatever was added or dropped since; one that leaves columns out is a reader", async () => {
  const { sql } = database;
  const [row] = await sql<{ list: string }[]>`
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) as list from pg_attribute as a
    where a.attrelid = 'public.calls'::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`;
  const isDump = async (statement: string): Promise<boolean> => {
    const [answer] = await sql<{ dump: boolean }[]>`
      select ssot.is_dump(ssot.statement_shape(${statement}), (select array[d.tab::oid] from ssot.deprecation(${mark}) as d)) as dump`;
    return answer?.dump ?? false;
  };
  expect(await isDump(`COPY public.calls (${row?.list}) TO stdout;`)).toBe(true);
  expect(await isDump(`DECLARE _pg_dump_cursor CURSOR FOR SELECT ${row?.list} FROM ONLY public.calls`)).toBe(true);
  expect(await isDump(`COPY (SELECT ${row?.list} FROM public.calls ) TO stdout;`)).toBe(true);
  await sql`alter table public.calls add column later text`;
  expect(await isDump(`COPY public.calls (${row?.list}) TO stdout;`)).toBe(true);
  expect(await isDump("COPY public.calls (id, caller_name) TO stdout;")).toBe(false);
  expect(await isDump(`COPY (SELECT ${row?.list} FROM public.calls WHERE caller_name = 'x') TO stdout`)).toBe(false);
  expect(await isDump(`COPY public.other (${row?.list}) TO stdout;`)).toBe(false);
});

async function unobserved(): Promise<string> {
  const { sql } = database;
  const rows = await sql<{ message: string }[]>`select u.message from ssot.unobserved_reads(${mark}) as u`;
  return rows.map(({ message }) => message).join("\n");
}

const required = () =>
  auditDeprecated({ target: targetOf(database.url), since: new Date(0), limit: 1, asks: { reads: "require" } });

test("what the evidence does not cover is told, and is a reason where evidence is required", async () => {
  const { sql } = database;
  const record = () => recordReaders({ ...migrateOptions(database.url), replicas: [], allow: {} });
  await sql`truncate ssot.reader, ssot.reader_sample`;
  expect(await unobserved()).toMatch(/^nothing was counted before 20/);
  // A look from before the quiet time, on the same counters: all of it is covered.
  await record();
  await sql`update ssot.reader_sample set read_at = read_at - interval '40 days'`;
  expect(await unobserved()).toBe("");
  expect((await required()).phase3.reasons.map(({ code }) => code)).not.toContain("unobserved");
  await sql`update ssot.reader_sample set evicted = evicted - 7`;
  expect(await unobserved()).toMatch(/^statements were given up for lack of room 7 times between/);
  await sql`update ssot.reader_sample set evicted = evicted + 7, timeline = timeline - 1`;
  expect(await unobserved()).toMatch(/^another server took over between/);
  await sql`update ssot.reader_sample set timeline = timeline + 1`;
  await sql`select pg_stat_statements_reset()`;
  expect(await unobserved()).toMatch(/^the counters were reset between/);
  const { phase3, unobserved: told, notObserved } = await required();
  expect(phase3.reasons.map(({ code }) => code)).toContain("unobserved");
  expect(told).toHaveLength(1);
  expect(notObserved[0]).toContain("the counters were reset between");
});

test("one statement that was taken out of the counters is missed", async () => {
  const { sql } = database;
  await sql`truncate ssot.reader, ssot.reader_sample`;
  await sql`select caller_name from public.calls limit 1`;
  await sql`select ssot.record_readers(${mark})`;
  await sql`select pg_stat_statements_reset(s.userid, s.dbid, s.queryid) from pg_stat_statements as s where s.query like 'select caller_name from public.calls%'`;
  expect(await unobserved()).toContain("1 known statements were taken out of the counters");
});

test("what is not counted, hidden or not installed is not taken for nothing", async () => {
  const { sql } = database;
  const [name] = await sql<{ name: string }[]>`select current_database() as name`;
  await sql.unsafe(`alter database ${name?.name} set pg_stat_statements.track = 'none'`);
  expect(await unobserved()).toContain("statements of this database are not counted");
  await sql.unsafe(`alter database ${name?.name} reset pg_stat_statements.track`);
  const [{ looked } = { looked: { hidden: 0 } }] = await sql.begin(async (own) => {
    await own`grant usage on schema ssot to app`;
    await own`grant select on all tables in schema ssot to app`;
    await own`grant execute on all functions in schema ssot to app`;
    await own`set local role app`;
    const rows = await own<{ looked: { hidden: number } }[]>`select ssot.recorded_statements(${mark}) as looked`;
    await own`reset role`;
    await own`revoke all on all functions in schema ssot from app`;
    return rows;
  });
  expect(looked.hidden).toBeGreaterThan(0);
  await sql`drop extension pg_stat_statements`;
  expect(await unobserved()).toContain("pg_stat_statements is not installed");
  expect((await required()).phase3.reasons.map(({ code }) => code)).toContain("unobserved");
});
