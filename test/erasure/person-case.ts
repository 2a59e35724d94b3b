import type postgres from "postgres";
import { dirtyOrganizationId } from "../../fixtures/dirty-case.ts";

const id = (n: number): string => `f0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** A person who is two contacts, one of them a duplicate, and has three calls. */
export const person = {
  contact: id(1),
  duplicate: id(2),
  calls: [id(11), id(12), id(13)],
  /** By what the person could be found. */
  tells: [
    "Wilhelmina",
    "Quarles",
    "wilhelmina@example.com",
    "(628) 555-0142",
    "628.555.0142",
    "628-555-0142",
    "6285550142",
  ],
};

const organization = dirtyOrganizationId(1);

/** Adds the person to the dirty case. */
export async function loadPerson(sql: postgres.Sql): Promise<void> {
  await sql`
    insert into public.contacts (id, org_id, name, phone, email, created_at)
    values (${person.contact}, ${organization}, 'Unknown Caller', '(628) 555-0142', null, '2025-01-01'),
           (${person.duplicate}, ${organization}, 'Wilhelmina Quarles', '628.555.0142', 'wilhelmina@example.com', '2025-01-02')`;
  await sql`
    insert into public.calls (id, org_id, vapi_call_id, call_direction, phone_number, from_number, caller_name)
    values (${id(11)}, ${organization}, 'person-1', 'inbound', '628-555-0142', '628-555-0142', 'Wilhelmina Q'),
           (${id(12)}, ${organization}, 'person-2', 'inbound', null, '(628) 555-0142', 'Wilhelmina Quarles'),
           (${id(13)}, ${organization}, 'person-3', 'inbound', '+16285550142', '+16285550142', null)`;
  await sql`insert into public.messages (org_id, contact_id, body) values (${organization}, ${person.duplicate}, 'hello')`;
}

/** Deletes the person, as an application would. */
export async function deletePerson(sql: postgres.ISql): Promise<void> {
  await sql`delete from public.messages where contact_id = ${person.contact}`;
  await sql`delete from public.calls where id = any (${person.calls}::uuid[])`;
  await sql`delete from public.contacts where id in (${person.contact}, ${person.duplicate})`;
}
