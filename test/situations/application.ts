import { readdirSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { packageRoot } from "../../src/model/package-root.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

/** An application's database, and the way in as the owner of its tables, who is no superuser. */
export interface Application {
  readonly database: TestDatabase;
  readonly url: string;
  /** One session of the owner's. */
  readonly owner: postgres.Sql;
  drop(): Promise<void>;
}

/** Loads fixtures/application as a hosted platform and its customer would: the first file by a superuser, the others by the owner. */
export async function createApplication(): Promise<Application> {
  const database = await createTestDatabase({ template: "empty" });
  const role = `ssot_owner_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
  await database.sql.unsafe(`
    create role ${role} login password 'owner' nosuperuser createrole createdb bypassrls;
    alter database ${database.name} owner to ${role}`);
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: "owner" });
  const owner = postgres(url.href, { max: 1, onnotice: () => {} });
  const [platform = "", ...files] = applicationFiles();
  await database.sql.file(platform);
  for (const file of files) await owner.file(file);
  return {
    database,
    url: url.href,
    owner,
    drop: async () => {
      await owner.end({ timeout: 1 });
      await database.sql.unsafe(`
        alter database ${database.name} owner to current_user;
        drop owned by ${role} cascade;
        drop role ${role}`);
      await database.drop();
    },
  };
}

function applicationFiles(): readonly string[] {
  const directory = join(packageRoot(), "fixtures", "application");
  return readdirSync(directory)
    .toSorted()
    .map((name) => join(directory, name));
}

/** Sets what triggers stamp to one value everywhere: a rollback does not restore what they write. */
export async function settleStamps({ database }: Application): Promise<void> {
  await database.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    const tables = await tx<{ name: string }[]>`
      select c.oid::regclass::text as name from pg_catalog.pg_class as c
      join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = 'updated_at' and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      order by 1`;
    // It holds for new rows only, and old ones break it.
    const [rule] = await tx<{ definition: string }[]>`
      select pg_get_constraintdef(oid) as definition from pg_catalog.pg_constraint where conname = 'contacts_phone_must_be_e164'`;
    await tx`alter table public.contacts drop constraint contacts_phone_must_be_e164`;
    for (const { name } of tables) await tx.unsafe(`update ${name} set updated_at = '2026-01-01'`);
    await tx`update public.contacts set version = 1`;
    await tx.unsafe(`alter table public.contacts add constraint contacts_phone_must_be_e164 ${rule?.definition}`);
  });
}

/** What a signed-in user sees in the view of live names, read with a token as the platform's API reads. */
export async function seenBy({ owner }: Application, user: number): Promise<readonly SeenCalls[]> {
  const claims = JSON.stringify({ role: "authenticated", sub: userId(user) });
  return await owner.begin("read only", async (tx) => {
    await tx`select set_config('request.jwt.claims', ${claims}, true)`;
    await tx`set local role authenticated`;
    return await tx<SeenCalls[]>`
      select v.org_id as org, count(*)::integer as calls, count(*) filter (where v.name_source = 'contact')::integer as named
      from public.calls_with_caller_names as v group by v.org_id order by v.org_id`;
  });
}

interface SeenCalls {
  readonly org: string;
  readonly calls: number;
  readonly named: number;
}

export const organizationId = (n: number): string => `a0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const contactId = (n: number): string => `c0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const userId = (n: number): string => `b0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
