import { randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import type { Connection } from "../db/connection.ts";
import { organisationsAreLoud } from "../db/queries/loud-triggers.ts";
import type { Probe } from "./probe.ts";

/** How organisations can be had; the same for all probes of a run. */
export interface OrganisationNeeds {
  /** Their insert would tell others. */
  readonly loud: boolean;
  /** Columns that must have a value; those of other types than text make the insert fail, and then one is borrowed. */
  readonly required: readonly string[];
}

export async function readOrganisationNeeds(sql: Sql): Promise<OrganisationNeeds> {
  const required = await sql<{ name: string }[]>`
    select a.attname as name from pg_catalog.pg_attribute as a
    where a.attrelid = 'public.organizations'::regclass and a.attnum > 0 and not a.attisdropped
      and a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' and a.attname <> 'id'
    order by a.attnum`;
  return { loud: await organisationsAreLoud(sql), required: required.map(({ name }) => name) };
}

/**
 * Two organisations for a probe: made inside its transaction, or where the table asks for more than we can give, the
 * first two by id. Undefined where there is none. A probe adds rows to them, and touches none that is there.
 */
export async function borrowOrganisations(
  { sql, execute }: Connection,
  { loud, required }: OrganisationNeeds,
): Promise<Pick<Probe, "orgId" | "otherOrgId"> | undefined> {
  if (!loud) {
    const made = [randomUUID(), randomUUID()].map((id) =>
      Object.fromEntries([["id", id], ...required.map((name) => [name, `ssot verify ${id}`])]),
    );
    const [first, second] = made;
    await execute("savepoint borrow");
    try {
      await sql`insert into public.organizations ${sql(made)}`;
      return { orgId: String(first?.id), otherOrgId: String(second?.id) };
    } catch {
      await execute("rollback to savepoint borrow");
    }
  }
  const existing = await sql<{ id: string }[]>`select o.id from public.organizations as o order by o.id limit 2`;
  const [first, second = first] = existing;
  return first === undefined || second === undefined ? undefined : { orgId: first.id, otherOrgId: second.id };
}
