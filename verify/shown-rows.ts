import { z } from "zod";
import { type Fragment, sql } from "../src/checks/fragment.ts";

/** What is shown of a call or contact that breaks a claim: nothing that is a person's. */
export const shownRow = z.object({ id: z.guid(), org_id: z.guid(), created_at: z.date().nullable() });

/** The same as a select list over a scan. */
export const asShownRow: Fragment = sql`r.id, r.org_id, r.created_at`;
