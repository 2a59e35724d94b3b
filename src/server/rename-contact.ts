import type { Sql } from "postgres";
import { z } from "zod";
import { errorCodeOf } from "../http/database-error.ts";

/** A name as the page sends it; whether it is one, the database says. */
export const callerName = z
  .string()
  .max(200)
  .refine((name) => !name.includes("\u0000"));

/** What the page sends to rename a contact. */
export const renameRequest = z.object({ contactId: z.uuid(), name: callerName });

export interface RenamedContact {
  readonly name: string;
  /** Calls that show the name from now on. */
  readonly calls: number;
}

/** Renames a contact of the organisation: null where it has no such one, "refused" where the database refuses the name. */
export async function renameContact(
  sql: Sql,
  options: z.infer<typeof renameRequest> & { readonly orgId: string },
): Promise<RenamedContact | "refused" | null> {
  const { orgId, contactId, name } = options;
  try {
    const [row] = await sql<RenamedContact[]>`
      with renamed as (
        update public.contacts set name = ${name.trim()}, updated_at = now()
        where id = ${contactId} and org_id = ${orgId}
        returning id, name
      )
      select r.name, (select count(*)::integer from public.calls as c
                      where c.contact_id = r.id and c.org_id = ${orgId}) as calls
      from renamed as r`;
    return row ?? null;
  } catch (error) {
    // Only the name changes, so the rule that is broken is the name's.
    const checkViolation = "23514";
    if (errorCodeOf(error) === checkViolation) return "refused";
    throw error;
  }
}
