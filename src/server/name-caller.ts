import type { Sql } from "postgres";
import { z } from "zod";
import { errorCodeOf } from "../http/database-error.ts";
import { normalisePhone } from "../phone/normalise.ts";
import { isWithheld } from "../phone/withheld.ts";
import { inTransaction } from "../webhook/in-transaction.ts";
import { callerName, type RenamedContact } from "./rename-contact.ts";

/** What the page sends to name the caller of a call that has no contact. */
export const namingRequest = z.object({ callId: z.uuid(), name: callerName });

/**
 * Makes a contact of the call's number, and links all calls of that number that have none. A name that somebody gave the
 * number meanwhile stays, and is what comes back. null: the organisation has no such call; "unreadable": no contact can have
 * its number; "refused": the database refuses the name. Nothing is written then.
 */
export async function nameCaller(
  sql: Sql,
  { orgId, callId, name }: z.infer<typeof namingRequest> & { readonly orgId: string },
): Promise<RenamedContact | "unreadable" | "refused" | null> {
  const [call] = await sql<{ number: string | null; country: string | null }[]>`
    select c.phone_number as number, to_jsonb(o) ->> 'telephony_country' as country
    from public.calls as c join public.organizations as o on o.id = c.org_id
    where c.id = ${callId} and c.org_id = ${orgId}`;
  if (call === undefined) return null;
  const phone = isWithheld(call.number) ? null : normalisePhone(call.number, call.country ?? "");
  if (phone === null) return "unreadable";
  try {
    return await inTransaction(sql, async (tx) => {
      const [contact] = await tx<{ id: string; name: string }[]>`
        insert into public.contacts as k (org_id, name, phone) values (${orgId}, ${name.trim()}, ${phone})
        on conflict (org_id, phone) do update
          set name = case when k.name = k.phone then excluded.name else k.name end,
              updated_at = case when k.name = k.phone then now() else k.updated_at end
        returning id, name`;
      if (contact === undefined) return null;
      await tx`
        update public.calls set contact_id = ${contact.id}
        where org_id = ${orgId} and contact_id is null and phone_number in (${phone}, ${call.number})`;
      const [shown] = await tx<{ calls: number }[]>`
        select count(*)::integer as calls from public.calls where org_id = ${orgId} and contact_id = ${contact.id}`;
      return { name: contact.name, calls: shown?.calls ?? 0 };
    });
  } catch (error) {
    // The number is one that the rules take, so the rule that is broken is the name's.
    const checkViolation = "23514";
    if (errorCodeOf(error) === checkViolation) return "refused";
    throw error;
  }
}
