import type { Sql } from "postgres";
import { withheldPattern } from "../phone/withheld.ts";

/** Inbound calls, and how many of them say nothing of who called. */
export interface UnknownCalls {
  readonly calls: number;
  readonly unknown: number;
}

const withheld = withheldPattern("[:space:]", { unicode: false });

/** The inbound calls of an organisation that are shown as "Unknown" now: no name, and no number but a withheld one. */
export async function countUnknown(sql: Sql, orgId: string): Promise<UnknownCalls> {
  const [row] = await sql<UnknownCalls[]>`
    select count(*)::integer as calls,
           (count(*) filter (where name_source <> 'contact' and coalesce(phone_number, '') collate "C" ~* ${withheld}))::integer as unknown
    from public.calls_with_caller_names
    where org_id = ${orgId} and call_direction = 'inbound'`;
  return row ?? { calls: 0, unknown: 0 };
}
