import { readFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { expect, test } from "vitest";
import { connect } from "../../src/db/connection.ts";
import { bulkSettings, newerSettings, sessionSettings } from "../../src/db/session-settings.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { createTestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";

// Each of them changes what is read, written or planned, or ends a session.
const hostile: Readonly<Record<string, string>> = {
  timezone: "Asia/Kathmandu",
  datestyle: "SQL, DMY",
  intervalstyle: "sql_standard",
  extra_float_digits: "-5",
  bytea_output: "escape",
  xmloption: "document",
  array_nulls: "off",
  transform_null_equals: "on",
  quote_all_identifiers: "on",
  search_path: "elsewhere",
  "plpgsql.extra_errors": "all",
  default_transaction_isolation: "serializable",
  default_transaction_deferrable: "on",
  idle_session_timeout: "1h",
  idle_in_transaction_session_timeout: "1h",
  statement_timeout: "1h",
  enable_hashjoin: "off",
  enable_seqscan: "off",
  plan_cache_mode: "force_generic_plan",
  join_collapse_limit: "1",
  jit: "on",
};

test("psql's files set what a session of ours sets", async () => {
  const text = await readFile(join(packageRoot(), "sql", "session.sql"), "utf8");
  const set = [...text.matchAll(/^set ([a-z_.]+) = '(.*)';$/gm)].map(([, name, value]) => [name, value]);
  expect(Object.fromEntries(set)).toEqual({
    ...sessionSettings,
    ...bulkSettings,
    client_encoding: "UTF8",
    lock_timeout: "1s",
  });
  const newer = Object.entries(newerSettings).map(([name, value]) => `('${name}', '${value}')`);
  expect(text).toContain(`(values ${newer.join(", ")}) as s(name, value)`);
});

test("a session has its settings whatever the database has set", async () => {
  const database = await createTestDatabase();
  try {
    for (const [name, value] of Object.entries(hostile)) {
      await database.sql.unsafe(`alter database ${database.name} set ${name} = '${value}'`);
    }
    await database.sql.unsafe(`do $$ begin
      if current_setting('transaction_timeout', true) is not null then
        execute 'alter database ${database.name} set transaction_timeout = ''1h''';
      end if; end $$`);
    const plain = postgres(database.url, { max: 1 });
    const differing = await settingsOf(plain);
    await plain.end();
    expect(Object.keys(hostile).filter((name) => differing[name] === sessionSettings[name])).toEqual([]);
    const connection = await connect(targetOf(database.url));
    try {
      expect(await settingsOf(connection.sql)).toEqual({
        ...sessionSettings,
        search_path: '""',
        ...(await has(connection.sql, newerSettings)),
      });
    } finally {
      await connection.close();
    }
  } finally {
    await database.drop();
  }
});

async function settingsOf(sql: postgres.Sql): Promise<Readonly<Record<string, string>>> {
  // PL/pgSQL knows its settings once it was called.
  await sql.unsafe("do $$ begin end $$");
  const names = Object.keys({ ...sessionSettings, ...newerSettings });
  const rows = await sql<{ name: string; value: string }[]>`
    select w.name, current_setting(w.name) as value from unnest(${names}::text[]) as w(name)
    where current_setting(w.name, true) is not null`;
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

async function has(
  sql: postgres.Sql,
  settings: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const rows = await sql<{ name: string }[]>`
    select w.name from unnest(${Object.keys(settings)}::text[]) as w(name) where current_setting(w.name, true) is not null`;
  return Object.fromEntries(rows.map(({ name }) => [name, settings[name] ?? ""]));
}
