import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outcomeOf, undone } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { addCall, become, dropTenants, firstOrg, makeTenants, migrateWithSearch, secondOrg } from "./search-case.ts";

let database: TestDatabase;
let tenant: string;
let mine: string;

const refused = "42501";
const find = "ssot_search.find_calls";
const frame =
  "PL/pgSQL function ssot_search.find_calls(uuid,text,integer,bigint,text,timestamp with time zone,timestamp with time zone) line 24 at assignment";

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql, url } = database;
  tenant = await makeTenants(database);
  await migrateWithSearch(url);
  mine = await addCall(sql, { orgId: firstOrg, name: "Quentin Mine", phone: "+14155550101" });
  await addCall(sql, { orgId: firstOrg, name: "Quentin Hidden", phone: "+14155550102", intent: "secret" });
  await addCall(sql, { orgId: firstOrg, name: "Wolfgang Veiled", phone: "+14155550103", notes: "secret" });
  await addCall(sql, { orgId: secondOrg, name: "Quentin Theirs", phone: "+14155550104" });
});

afterAll(async () => {
  await dropTenants(database.sql, tenant);
  await database.drop();
});

const asTenant = <T>(work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> =>
  undone(database.sql, async (tx) => {
    await become(tx, tenant, firstOrg);
    return work(tx);
  });
const outcomeOfTenant = (text: string): Promise<string> =>
  outcomeOf(database.sql, async (tx) => {
    await become(tx, tenant, firstOrg);
    await tx.unsafe(text);
  });
const found = (term: string, orgId = firstOrg) =>
  asTenant(
    (tx) =>
      tx<
        { total: string; ids: string[] }[]
      >`select total, ids from ssot_search.find_calls(${orgId}, ${term}, 50, 0, null, null, null)`,
  );

const places = `ssot_search.places('${firstOrg}', 'quentin', '%quentin%')`;
const attacks: readonly (readonly [way: string, text: string])[] = [
  ["directly", `select * from ${places}`],
  ["in an expression", `select (${places}).calls`],
  ["in a DO block", `do $$ declare r record; begin r := ${places}; end $$`],
  ["through a view", `create view public.peep as select * from ${places}; select * from public.peep`],
  [
    "through a function of its own",
    `create function public.find_calls() returns record language plpgsql as $$ declare r record; begin r := ${places}; return r; end $$;
     select public.find_calls()`,
  ],
  [
    "through a function of the same signature elsewhere",
    `create function public.find_calls(organization uuid, term text, at_most integer, skip bigint, direction text, since timestamptz, before timestamptz)
       returns record language plpgsql as $$ declare r record; begin r := ${places}; return r; end $$;
     select public.find_calls('${firstOrg}', 'x', 1, 0, null, null, null)`,
  ],
  [
    "through a function whose name holds the line",
    `create function public."${find}(uuid,text,integer,bigint,text," () returns record language plpgsql as $$ declare r record; begin r := ${places}; return r; end $$;
     select public."${find}(uuid,text,integer,bigint,text," ()`,
  ],
  [
    "through a function whose name holds a line end",
    `create function public."x${"\n"}PL/pgSQL function ssot_search.find_calls(uuid,tex" () returns record language plpgsql as $$ declare r record; begin r := ${places}; return r; end $$;
     select public."x${"\n"}PL/pgSQL function ssot_search.find_calls(uuid,tex" ()`,
  ],
  [
    "in a temporary function",
    `create function pg_temp.find_calls() returns record language plpgsql as $$ declare r record; begin r := ${places}; return r; end $$;
     select pg_temp.find_calls()`,
  ],
  ["in a statement that holds the line", `select * from ${places} /*${"\n"}${frame}${"\n"}*/`],
  [
    "in a dynamic statement that holds the line",
    `do $$ begin execute $x$select * from ${places} /*"${"\n"}${frame}${"\n"}*/$x$; end $$`,
  ],
  [
    "in an SQL function of that name",
    `create function public.find_calls() returns record language sql as $$ select ${places} $$; select public.find_calls()`,
  ],
  ["as a prepared statement", `prepare peep as select * from ${places}; execute peep`],
  ["through a cursor", `declare peep cursor for select * from ${places}; fetch all from peep`],
  [
    "in an aggregate's step",
    `create function public.step(tid[], integer) returns tid[] language plpgsql as $$ begin return (${places}).calls; end $$;
     create aggregate public.peep(integer) (sfunc = public.step, stype = tid[]); select public.peep(1)`,
  ],
  [
    "in a trigger on a table of its own",
    `create temporary table t (i integer);
     create function public.peep() returns trigger language plpgsql as $$ declare r record; begin r := ${places}; return new; end $$;
     create trigger peep before insert on t for each row execute function public.peep(); insert into t values (1)`,
  ],
  [
    "with the settings of the search changed",
    `set plan_cache_mode = force_custom_plan; set search_path = ssot_search; select * from places('${firstOrg}', 'quentin', '%quentin%')`,
  ],
];

test.each(attacks)("a tenant that asks past row level security %s is refused", async (_, text) => {
  expect(await outcomeOfTenant(text)).toBe(refused);
});

test("the owner that asks so is refused as well, and the search itself is not", async () => {
  expect(await outcomeOf(database.sql, (tx) => tx.unsafe(`select * from ${places}`))).toBe(refused);
  const [row] =
    await database.sql`select total from ssot_search.find_calls(${firstOrg}, 'quentin', 50, 0, null, null, null)`;
  expect(row).toEqual({ total: "2" });
});

test("a search from within a tenant's function works: only the line above counts", async () => {
  const total = await asTenant(async (tx) => {
    await tx.unsafe(`create function public.wrapped() returns bigint language plpgsql as $$
      begin return (select f.total from ssot_search.find_calls('${firstOrg}', 'quentin', 5, 0, null, null, null) as f); end $$`);
    const [row] = await tx`select public.wrapped() as total`;
    return row;
  });
  expect(total).toEqual({ total: "1" });
});

test("a tenant finds its own calls, and none that its policies hide", async () => {
  expect(await found("quentin")).toEqual([{ total: "1", ids: [mine] }]);
  expect(await found("+1415555010")).toMatchObject([{ total: "2" }]);
});

test("a tenant finds nothing of another organisation, by name or number", async () => {
  expect(await found("quentin", secondOrg)).toEqual([{ total: "0", ids: [] }]);
  expect(await found("+14155550104", secondOrg)).toEqual([{ total: "0", ids: [] }]);
});

test("a name that is hidden from the tenant does not match, the number of that call does", async () => {
  expect(await found("wolfgang")).toEqual([{ total: "0", ids: [] }]);
  expect(await found("+14155550103")).toMatchObject([{ total: "1" }]);
});

test("whoever says to be nobody finds nothing, and no error tells more", async () => {
  const rows = await undone(database.sql, async (tx) => {
    await tx`select set_config('role', ${tenant}, true)`;
    return tx`select total, ids from ssot_search.find_calls(${firstOrg}, 'quentin', 50, 0, null, null, null)`;
  });
  expect(rows).toEqual([{ total: "0", ids: [] }]);
});

test("with row security turned off by the tenant, the search is refused like any other query", async () => {
  expect(
    await outcomeOfTenant(
      `set row_security = off; select * from ssot_search.find_calls('${firstOrg}', 'quentin', 5, 0, null, null, null)`,
    ),
  ).toBe(refused);
});

test("no plan that a tenant may have printed holds what the search found", async () => {
  const notices: string[] = [];
  const sql = postgres(database.url, { max: 1, onnotice: ({ message }) => void notices.push(message ?? "") });
  try {
    await undone(sql, async (tx) => {
      await become(tx, tenant, firstOrg);
      await tx.unsafe(
        "set client_min_messages = log; set debug_print_plan = on; set plan_cache_mode = force_custom_plan",
      );
      return tx`select total from ssot_search.find_calls(${firstOrg}, 'quentin', 50, 0, null, null, null)`;
    });
  } finally {
    await sql.end();
  }
  expect(notices.filter((text) => text === "plan:")).toHaveLength(1);
});

test("a tenant's temporary type of PostgreSQL's name is not used by the functions, so nothing of it runs as their owner", async () => {
  const seen = await asTenant(async (tx) => {
    await tx.unsafe(`
      create table public.seen (who name); grant insert on public.seen to public;
      create function public.look(value pg_catalog.text) returns boolean language plpgsql
        as $$ begin insert into public.seen values (current_user); return true; end $$;
      create domain pg_temp.text as pg_catalog.text check (public.look(value));
      create domain pg_temp.tid as pg_catalog.tid`);
    const [row] = await tx`select total from ssot_search.find_calls(${firstOrg}, 'quentin', 50, 0, null, null, null)`;
    return { row, seen: [...(await tx`select distinct who from public.seen`)] };
  });
  expect(seen).toEqual({ row: { total: "1" }, seen: [] });
});

test("where the functions' owner is under row level security itself, the indexes say nothing", async () => {
  const total = await undone(database.sql, async (tx) => {
    await tx.unsafe(`
      alter table public.calls force row level security; grant ${tenant} to current_user;
      grant create on schema ssot_search to ${tenant};
      alter function ssot_search.places(uuid, text, text) owner to ${tenant}`);
    await become(tx, tenant, firstOrg);
    const [row] = await tx`select total from ssot_search.find_calls(${firstOrg}, 'quentin', 50, 0, null, null, null)`;
    return row;
  });
  expect(total).toEqual({ total: null });
});

test("neither everybody nor anon may call the functions or enter their schema, readers of the view may", async () => {
  const { sql } = database;
  const rows = await sql`
    select p.proname as name, array(select r.rolname from aclexplode(p.proacl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
                                    where x.grantee <> p.proowner order by 1)::text[] as grantees
    from pg_catalog.pg_proc as p where p.pronamespace = 'ssot_search'::regnamespace and p.proname in ('places', 'find_calls') order by 1`;
  expect(rows).toEqual([
    { name: "find_calls", grantees: [tenant] },
    { name: "places", grantees: [tenant] },
  ]);
  expect(
    await sql`
    select r.rolname as grantee, x.privilege_type as right from pg_catalog.pg_namespace as n cross join aclexplode(n.nspacl) as x
    left join pg_catalog.pg_roles as r on r.oid = x.grantee where n.nspname = 'ssot_search' and x.grantee <> n.nspowner`,
  ).toEqual([{ grantee: tenant, right: "USAGE" }]);
  expect(await sql`select has_schema_privilege(${tenant}, 'ssot', 'usage') as ssot`).toEqual([{ ssot: false }]);
});
