import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { differences } from "../crash/differences.ts";
import { attack } from "../support/attacks.ts";
import { draw } from "../support/draw.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { type Cast, firstOrg, makeCast } from "./cast.ts";

let cast: Cast;

beforeAll(async () => {
  cast = await makeCast();
});

afterAll(() => cast.end());

type Setting = readonly [name: string, value: string];

// Only a superuser may.
const privileged: readonly Setting[] = [
  ["session_replication_role", "replica"],
  ["track_activities", "off"],
  ["plpgsql.variable_conflict", "use_column"],
  ["row_security", "off"],
];

/** Names that begin with `ssot.` in our own SQL and code, as settings are named: what is read as one, and what could be taken for one. */
function namedInCode(): readonly string[] {
  const files = ["sql", "migrations", "src"].flatMap((folder) =>
    readdirSync(join(packageRoot(), folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(sql|ts)$/.test(file))
      .map((file) => readFileSync(join(packageRoot(), folder, file), "utf8")),
  );
  const read = /(?:(?:current_setting|set_config)\s*\(\s*'|\bset (?:local )?|')(ssot\.[a-z_]+)/g;
  return [...new Set(files.flatMap((text) => [...text.matchAll(read)].flatMap(([, name]) => name ?? [])))].toSorted();
}

// What former engines read, and what somebody might try.
const guessed = [
  "off",
  "silent",
  "erase",
  "erasure",
  "audited_rows",
  "warned",
  "force",
  "gate",
  "now",
  "merging",
  "trusted",
];

/** PostgreSQL's own that everybody may set, and that change what statements mean, find, or how they go on. */
const ordinary: Readonly<Record<string, readonly string[]>> = {
  quote_all_identifiers: ["on"],
  "plpgsql.extra_errors": ["all"],
  "plpgsql.extra_warnings": ["all"],
  "plpgsql.check_asserts": ["on"],
  array_nulls: ["off"],
  transform_null_equals: ["on"],
  standard_conforming_strings: ["off"],
  backslash_quote: ["off"],
  datestyle: ["SQL, DMY", "German"],
  intervalstyle: ["sql_standard"],
  timezone: ["Pacific/Kiritimati"],
  bytea_output: ["escape"],
  xmloption: ["document"],
  xmlbinary: ["hex"],
  extra_float_digits: ["-15"],
  search_path: ["theirs", "pg_temp, theirs, pg_catalog", ""],
  lock_timeout: ["1"],
  default_tablespace: ["pg_global"],
  default_transaction_isolation: ["serializable"],
  default_transaction_deferrable: ["on"],
  plan_cache_mode: ["force_generic_plan", "force_custom_plan"],
  enable_indexscan: ["off"],
  enable_seqscan: ["off"],
  constraint_exclusion: ["on"],
  gin_fuzzy_search_limit: ["1"],
  work_mem: ["64"],
  from_collapse_limit: ["1"],
  check_function_bodies: ["off"],
  client_encoding: ["LATIN1", "SQL_ASCII"],
  client_min_messages: ["error"],
  application_name: ["ssot", "\u001b[2J"],
  debug_print_plan: ["on"],
  synchronous_commit: ["off"],
};

interface Found {
  readonly audited: number;
  readonly kept: number;
  readonly gate: string | null;
}

// What a delete of a call and of a contact leaves of them, what is audited of three writes, and what the gate says, as a role with a setting.
async function live(who: string, settings: readonly Setting[] = [], asksGate = true): Promise<Found | string> {
  const session = postgres(cast.url, { max: 1, onnotice: () => {} });
  const kept: { found?: Found } = {};
  try {
    await session.begin(async (tx) => {
      await tx.unsafe(`set local role ${who}`);
      await tx`select set_config(s.name, s.value, true)
        from unnest(${settings.map(([name]) => name)}::text[], ${settings.map(([, value]) => value)}::text[]) as s(name, value)`;
      await tx.unsafe(`update public.calls set caller_name = 'Now', from_number = null where vapi_call_id = 'v-2';
        insert into public.calls (id, org_id, vapi_call_id, call_direction, caller_name) values (gen_random_uuid(), '${firstOrg}', 'v-3', 'inbound', 'Late')`);
      await tx.unsafe(`delete from public.calls where vapi_call_id = 'v-2'; delete from public.contacts where phone = '+12125550101'; reset role;
        set local search_path = ''; set local quote_all_identifiers = off; set local lock_timeout = 0; set local row_security = on`);
      const [row] = await tx.unsafe<[{ audited: number; kept: number; gate: string }]>(`
        select (select count(*) from public.deprecated_column_audit)::integer as audited,
               ((select count(*) from ssot.journal where id = '00000000-0000-0000-0002-000000000002') + (select count(*) from ssot.erasure_due)
                + (select count(*) from ssot.journal where task = 'merge') + (select count(*) from ssot.merge_plan))::integer as kept,
               ${asksGate ? "(select string_agg(distinct b.code, ', ') from ssot.phase3_blockers() as b)" : "null"} as gate`);
      kept.found = row;
      throw new Error("taken back");
    });
  } catch (error) {
    if (kept.found === undefined) return String(error);
    return kept.found;
  } finally {
    await session.end();
  }
  return "committed";
}

const values = ["off", "on", "x", "-1", "", "{}"];

test("no setting silences the witness, keeps what is erased, opens the gate or breaks a write, whoever makes it", async () => {
  const { sql, migrator, tenant, owner, as } = cast;
  await migrate(migrateOptions(as(migrator)));
  await sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  const found = { audited: 3, kept: 0, gate: "writer" };
  expect(await live(tenant)).toEqual(found);
  const custom = [...namedInCode(), ...guessed.map((name) => `ssot.${name}`)];
  expect(custom).toEqual(expect.arrayContaining(["ssot.batch_size", "ssot.progress_interval", "ssot.analysed_bodies"]));
  const each = Object.entries(ordinary).flatMap(([name, some]) =>
    some.map((value): readonly Setting[] => [[name, value]]),
  );
  const [me] = await sql<[{ name: string }]>`select current_user as name`;
  for (const [who, role, some] of [
    ["tenant", tenant, draw("settings of a tenant", each, ([one]) => String(one), 0.4)],
    ["owner", owner, draw("settings of an owner", each, ([one]) => String(one), 0.1)],
    ["plain migrator", migrator, draw("settings of a migrator", each, ([one]) => String(one), 0.1)],
    ["superuser", me.name, privileged.map((one) => [one])],
  ] as const) {
    for (const settings of some) {
      await attack(who, async () =>
        expect([who, settings, await live(role, settings, false)]).toEqual([who, settings, { ...found, gate: null }]),
      );
    }
    // Of ours none means anything, so all are made at once.
    for (const value of values) {
      await attack(who, async () =>
        expect([
          who,
          value,
          await live(
            role,
            custom.map((name) => [name, value]),
          ),
        ]).toEqual([who, value, found]),
      );
    }
  }
});

test("what a role, a database or an owner sets for all sessions changes no run", async () => {
  const { sql, migrator, as, name } = cast;
  await rollback(rollbackOptions(as(migrator)));
  const before = await snapshotDatabase(sql);
  const predicted = (await plan(migrateOptions(as(migrator)))).pending.map(({ effects }) => effects);
  const custom = [...namedInCode(), ...guessed.map((one) => `ssot.${one}`)];
  const closes = ["lock_timeout", "default_tablespace", "client_encoding"];
  const common = Object.entries(ordinary).flatMap(([one, [value]]) =>
    value === undefined || closes.includes(one) ? [] : [[one, value] as const],
  );
  const places = [
    ["plain migrator", `role ${migrator}`],
    ["owner", `database ${name}`],
    ["superuser", `role ${migrator} in database ${name}`],
  ] as const;
  for (const [by, place] of draw("places of settings", places, ([by]) => by, 0.3)) {
    await attack(by, async () => {
      const all = [...custom.map((setting) => [setting, "x"] as const), ...common].map(
        ([one, value]) => `alter ${place} set ${one} = ${one === "search_path" ? "theirs" : `'${value}'`}`,
      );
      await sql.unsafe(all.join("; "));
      const { applied } = await migrate(migrateOptions(as(migrator)));
      expect(applied.map(({ effects }) => effects)).toEqual(predicted);
      await rollback(rollbackOptions(as(migrator)));
      await sql.unsafe(`alter ${place} reset all`);
      expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
    });
  }
});
