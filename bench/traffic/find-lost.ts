import type { Sql } from "postgres";
import { normalisePhone } from "../../src/phone/normalise.ts";
import type { Acknowledged, Target, Write } from "./acknowledged.ts";

interface StoredRow {
  readonly id: string;
  readonly org: string;
  /** Parts of the value. Phone numbers come first, and are compared as numbers, however they are spelled. */
  readonly numbers: readonly (string | null)[];
  readonly text: string | null;
}

/** How many acknowledged writes were looked for, and those that are not there. */
export interface Lost {
  readonly acknowledged: number;
  readonly found: number;
  /** Only what each was and where it stands: no name, no number. */
  readonly lost: readonly Pick<Write, "target" | "id">[];
}

/** Looks for every acknowledged write, in its tenant's row, by another connection than the one that wrote it. */
export async function findLost(sql: Sql, acknowledged: Acknowledged): Promise<Lost> {
  const targets: readonly Target[] = ["call", "notes", "link", "number", "name", "legacy"];
  let found = 0;
  const lost: Pick<Write, "target" | "id">[] = [];
  for (const target of targets) {
    const wanted = acknowledged.last(target);
    const rows = await readers[target](
      sql,
      wanted.map(({ write }) => write.id),
    );
    const stored = new Map(rows.map((row) => [row.id, row]));
    for (const { write, times } of wanted) {
      const row = stored.get(write.id);
      if (row !== undefined && row.org === write.orgId && valueIn(row) === write.value) found += times;
      else lost.push({ target, id: write.id });
    }
  }
  return { acknowledged: acknowledged.count, found, lost };
}

function valueIn({ numbers, text }: StoredRow): string {
  return [...numbers.map((number) => normalisePhone(number, "US")), ...(text === null ? [] : [text])].join(" ");
}

const readers: Readonly<Record<Target, (sql: Sql, ids: readonly string[]) => Promise<readonly StoredRow[]>>> = {
  // The call's number, that of its contact in the same organisation, the transcript.
  call: (sql, ids) => sql<StoredRow[]>`
    select c.id, c.org_id as org, array[c.phone_number, k.phone] as numbers, c.transcript as text
    from public.calls as c left join public.contacts as k on k.id = c.contact_id and k.org_id = c.org_id
    where c.id = any (${ids}::uuid[])`,
  notes: (sql, ids) => sql<StoredRow[]>`
    select id, org_id as org, '{}'::text[] as numbers, notes as text from public.calls where id = any (${ids}::uuid[])`,
  // The number of the contact: one that was a duplicate may be merged into another of the same number.
  link: (sql, ids) => sql<StoredRow[]>`
    select c.id, c.org_id as org, array[k.phone] as numbers, null as text
    from public.calls as c join public.contacts as k on k.id = c.contact_id and k.org_id = c.org_id
    where c.id = any (${ids}::uuid[])`,
  number: (sql, ids) => sql<StoredRow[]>`
    select id, org_id as org, array[phone_number] as numbers, null as text from public.calls where id = any (${ids}::uuid[])`,
  // Of a contact that is merged: in the journal, from where a rollback takes it.
  name: async (sql, ids) => {
    const live = await sql<StoredRow[]>`
      select id, org_id as org, '{}'::text[] as numbers, name as text from public.contacts where id = any (${ids}::uuid[])`;
    if (!(await exists(sql, "ssot.journal"))) return live;
    const merged = await sql<StoredRow[]>`
      select key ->> 'id' as id, image ->> 'org_id' as org, '{}'::text[] as numbers, image ->> 'name' as text
      from ssot.journal where task = 'merge' and kind = 'delete' and key ->> 'id' = any (${ids}::text[])`;
    return [...merged, ...live];
  },
  // Where the columns are dropped: in the archive, from where a rollback takes them.
  legacy: async (sql, ids) =>
    (await hasColumns(sql))
      ? sql<StoredRow[]>`
          select id, org_id as org, array[from_number] as numbers, caller_name as text
          from public.calls where id = any (${ids}::uuid[])`
      : sql<StoredRow[]>`
          select c.id, c.org_id as org, array[a.from_number] as numbers, a.caller_name as text
          from public.calls as c join ssot.dropped_call_columns as a on a.call_id = c.id
          where c.id = any (${ids}::uuid[])`,
};

async function exists(sql: Sql, relation: string): Promise<boolean> {
  const [row] = await sql<{ there: boolean }[]>`select to_regclass(${relation}) is not null as there`;
  return row?.there ?? false;
}

async function hasColumns(sql: Sql): Promise<boolean> {
  const rows = await sql`
    select from pg_catalog.pg_attribute
    where attrelid = 'public.calls'::regclass and attname = 'caller_name' and not attisdropped`;
  return rows.length > 0;
}
