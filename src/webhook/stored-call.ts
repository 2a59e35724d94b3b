import type { ISql } from "postgres";

/** A call that is stored, and its contact. */
export interface StoredCall {
  readonly call_id: string;
  readonly contact_id: string | null;
}

/** An organisation's call by the provider's id: one look-up by a key. */
export async function findStoredCall(
  sql: ISql,
  orgId: string,
  providerCallId: string,
): Promise<StoredCall | undefined> {
  const [row] = await sql.unsafe<StoredCall[]>(
    "select c.id as call_id, c.contact_id from public.calls as c where c.vapi_call_id = $1::text and c.org_id = $2::uuid",
    [providerCallId, orgId],
    { prepare: true },
  );
  return row;
}
