import { z } from "zod";
import { defineProbe, plainText } from "../src/checks/define.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import { sqlStateOf } from "../src/db/connection-error.ts";
import { probeCall, takeCall } from "./probe-call.ts";

const { deprecate, drop } = migrationNames;

/** Of the suite integrity: a delete is tried. */
export const erasure = defineProbe({
  id: "erasure",
  claim: "a deleted call and its contact leave nothing behind: no journal row, and nothing that was said in the audit",
  hint: "Deletes must reach what the tool keeps (GDPR): see schema.erasure and schema.functions, and triggers of others on the audit",
  needs: ["columns", "audit", "source", "uniqueIndex", "bookkeeping"],
  after: deprecate,
  until: drop,
  deletes: true,
  schema: z.object({ left: plainText }),
  probe: async ({ sql, orgId }) => {
    const [journal] = await sql<{ present: boolean }[]>`select to_regclass('ssot.journal') is not null as present`;
    if (!journal?.present) return { population: 0, broken: 0, skip: "the engine of this database is an older one" };
    const { callId, contactId } = await takeCall(sql, probeCall(orgId, 90));
    await sql`update public.calls set caller_name = 'said' where id = ${callId} and org_id = ${orgId}`;
    await sql`
      insert into ssot.journal (seq, id, task, old, new)
      select x.seq, x.id, x.task, null, 'said'
      from (values (9223372036854775800, ${callId}::uuid, 'calls.contact_id'), (9223372036854775801, ${contactId}::uuid, 'contacts.name')) as x(seq, id, task)`;
    const [before] = await sql<{ audited: number }[]>`
      select count(*)::integer as audited from public.deprecated_column_audit as a where a.call_id = ${callId}`;
    try {
      await sql`delete from public.calls where id = ${callId} and org_id = ${orgId}`;
      await sql`delete from public.contacts where id = ${contactId} and org_id = ${orgId}`;
    } catch (error) {
      const state = sqlStateOf(error);
      // A key that is in the way, or a table that publishes changes and has no identity: nobody can delete here.
      if (state === undefined || !/^(23503|23001|55000)$/.test(state)) throw error;
      return { population: 0, broken: 0, skip: `nobody can delete a call or a contact here (SQLSTATE ${state})` };
    }
    const [after] = await sql<{ named: number; said: number; journalled: number }[]>`
      select count(*) filter (where a.call_id = ${callId})::integer as named,
             count(*) filter (where a.new_value = 'said' or a.statement is not null)::integer as said,
             (select count(*)::integer from ssot.journal as j where j.id = ${callId} or j.id = ${contactId}) as journalled
      from public.deprecated_column_audit as a where a.detected_at = now()`;
    const left = [
      ...((after?.named ?? 1) > 0 ? ["the call's id in the audit"] : []),
      ...((after?.said ?? 1) > 0 ? ["values or a statement in the audit"] : []),
      ...((after?.journalled ?? 1) > 0 ? ["rows of the journal"] : []),
    ];
    return {
      population: 2 + (before?.audited ?? 0),
      broken: left.length,
      actual: left.length === 0 ? "nothing is left" : `left: ${left.join(", ")}`,
      rows: left.map((one) => ({ left: one })),
    };
  },
});
