import fc from "fast-check";
import type { Sql } from "postgres";

/** What a live application does to contact or call number `row` of those that were there at the start. */
export interface Write {
  readonly kind: keyof typeof writes;
  readonly row: number;
  readonly number: number;
}

const numbers = ["+12125550161", "(212) 555-0162", "+442079460963", "tel:+1-212-555-0164"];
const moment = "2026-03-01T10:00:00Z";

// Each gives what to run on a database where it may find nothing: equal statements leave equal rows wherever they are run.
const writes = {
  addCall: ({ row, number }: Write, name: string) => `
    insert into public.calls (id, org_id, vapi_call_id, call_direction, phone_number, caller_name, created_at, updated_at)
    select md5('${name}')::uuid, id, '${name}', 'inbound', '${numbers[number % numbers.length]}', 'Live ${row}', '${moment}', '${moment}'
    from public.organizations order by id limit 1 offset ${row % 4} returning id`,
  addContact: ({ row, number }: Write, name: string) => `
    insert into public.contacts (id, org_id, name, phone, created_at, updated_at)
    select md5('${name}')::uuid, id, 'Live ${row}', '${numbers[number % numbers.length]}', '${moment}', '${moment}'
    from public.organizations order by id limit 1 offset ${row % 4} returning id`,
  finishCall: ({ row }: Write, name: string) => `
    update public.calls set status = 'ended', transcript = '${name}' where vapi_call_id = 'call-${row}' returning id`,
  scoreContact: ({ row }: Write, name: string) => `
    update public.contacts set last_contacted_at = '${moment}', booking_source = '${name}' where id = ${contact(row)} returning id`,
  deleteCall: ({ row }: Write) => `delete from public.calls where vapi_call_id = 'call-${row}' returning id`,
  noteContact: ({ row }: Write, name: string) => `
    insert into public.messages (id, org_id, contact_id, body, created_at)
    select md5('${name}')::uuid, org_id, id, 'live', '${moment}' from public.contacts where id = ${contact(row)} returning id`,
} as const;

const contact = (row: number): string => `(select id from strike.contacts where place = ${row})`;

export const liveWrites: fc.Arbitrary<readonly Write[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(
      "addCall",
      "addContact",
      "finishCall",
      "scoreContact",
      "deleteCall",
      "noteContact",
    ) satisfies fc.Arbitrary<Write["kind"]>,
    row: fc.nat(12),
    number: fc.nat(3),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Carries one out. True where it changed a row; a rule of the database that refuses it, or nothing to be found, is no change. */
export async function carryOutWrite(sql: Sql, write: Write, name: string): Promise<boolean> {
  try {
    return (await sql.unsafe(writes[write.kind](write, name))).length > 0;
  } catch (error) {
    const refused = error instanceof Error && "code" in error && String(error.code).startsWith("23");
    if (refused) return false;
    throw error;
  }
}
