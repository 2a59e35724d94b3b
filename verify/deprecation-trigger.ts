import { z } from "zod";
import { defineProbe, defineSuite, plainText } from "../src/checks/define.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import type { Probe } from "../src/checks/probe.ts";
import { missionColumns } from "../src/model/mission.ts";

import { probeCall, takeCall } from "./probe-call.ts";

const { deprecate, drop } = migrationNames;
const hint = "The witness of deprecated writes is gone or asleep: see schema.triggers and schema.witness";
const columns = Object.values(missionColumns);
const needs = ["columns", "audit", "source", "uniqueIndex"] as const;
const bounds = { severity: "fail", hint, needs, after: deprecate, until: drop, audits: true } as const;
const rows = z.object({ column: plainText, problem: plainText });

interface AuditRow {
  readonly column_name: string;
  readonly old_value: string | null;
  readonly new_value: string | null;
  readonly seen: string;
}

/** The audit rows of the probe's own call, in the order of their columns. */
async function auditOf({ sql }: Probe, callId: string): Promise<readonly AuditRow[]> {
  return sql<AuditRow[]>`
    select a.column_name, a.old_value, a.new_value, a.seen from public.deprecated_column_audit as a
    where a.call_id = ${callId} order by a.column_name, a.detected_at`;
}

/** Test 4 of the mission document: writes to the deprecated columns are witnessed. */
export const deprecationTrigger = defineSuite({
  id: "deprecation-trigger",
  title: "writes to the deprecated columns are witnessed",
  checks: [
    defineProbe({
      ...bounds,
      id: "update",
      claim: "an UPDATE of a deprecated column leaves one audit row with column, old and new value",
      quotes: ["Expected: 1 row in audit log with column_name = 'caller_name'"],
      schema: rows,
      probe: async (probe) => {
        const { sql, orgId } = probe;
        const { callId } = await takeCall(sql, probeCall(orgId, 60));
        await sql`update public.calls set caller_name = 'first' where id = ${callId} and org_id = ${orgId}`;
        await sql`update public.calls set caller_name = 'second', from_number = '1' where id = ${callId} and org_id = ${orgId}`;
        const told = await auditOf(probe, callId);
        const wanted = [
          ["caller_name", null, "first"],
          ["caller_name", "first", "second"],
          ["from_number", null, "1"],
        ];
        const missing = wanted.filter(
          ([column, old, value]) =>
            told.filter((row) => row.column_name === column && row.old_value === old && row.new_value === value)
              .length !== 1,
        );
        const extra = Math.max(0, told.length - wanted.length);
        return {
          population: wanted.length,
          broken: missing.length + extra,
          expected: "3 writes, 3 audit rows",
          actual: `3 writes, ${told.length} audit rows`,
          rows: missing.map(([column]) => ({ column: String(column), problem: "the write is not in the audit" })),
        };
      },
    }),
    defineProbe({
      ...bounds,
      id: "insert",
      claim:
        "an INSERT that brings a deprecated column leaves one audit row a column, also where it names it with NULL",
      schema: rows,
      probe: async (probe) => {
        const { sql, orgId } = probe;
        const { vapiCallId } = probeCall(orgId, 61);
        const [call] = await sql<{ id: string }[]>`
          insert into public.calls (org_id, vapi_call_id, call_direction, caller_name, from_number)
          values (${orgId}, ${vapiCallId}, 'inbound', 'somebody', null) returning id`;
        const told = await auditOf(probe, call?.id ?? "");
        const byText = await sql<{ n: number }[]>`
          select count(*)::integer as n from public.deprecated_column_audit as a
          where a.detected_at = now() and a.seen = 'by text' and a.column_name = 'from_number'`;
        const named = told.length === 1 && told[0]?.column_name === "caller_name" && told[0].new_value === "somebody";
        const problems = [
          ...(named ? [] : [{ column: "caller_name", problem: "the value is not in the audit, or more than once" }]),
          ...(byText[0]?.n === 1 ? [] : [{ column: "from_number", problem: "the named NULL is not in the audit" }]),
        ];
        return { population: 2, broken: problems.length, rows: problems };
      },
    }),
    defineProbe({
      ...bounds,
      id: "same-value",
      claim: "an UPDATE that writes the value that is there already is witnessed too: it would break after the drop",
      schema: rows,
      probe: async (probe) => {
        const { sql, orgId } = probe;
        const { callId } = await takeCall(sql, probeCall(orgId, 62));
        await sql`
          update public.calls set caller_name = caller_name, from_number = from_number
          where id = ${callId} and org_id = ${orgId}`;
        const told = await auditOf(probe, callId);
        const missing = columns.filter((column) => told.filter((row) => row.column_name === column).length !== 1);
        return {
          population: columns.length,
          broken: missing.length,
          rows: missing.map((column) => ({ column, problem: "the write is not in the audit" })),
        };
      },
    }),
    defineProbe({
      ...bounds,
      id: "warning",
      claim: "each write raises its WARNING",
      quotes: ['Expected: WARNING message "[DEPRECATED COLUMN WRITE] calls.caller_name was written to"'],
      schema: rows,
      probe: async ({ sql, orgId, warnings }) => {
        const { callId } = await takeCall(sql, probeCall(orgId, 63));
        await sql`update public.calls set caller_name = 'x', from_number = '1' where id = ${callId} and org_id = ${orgId}`;
        const missing = columns.filter(
          (column) => !warnings.includes(`[DEPRECATED COLUMN WRITE] calls.${column} was written to`),
        );
        return {
          population: columns.length,
          broken: missing.length,
          rows: missing.map((column) => ({ column, problem: "no WARNING" })),
        };
      },
    }),
    defineProbe({
      ...bounds,
      id: "silence",
      claim: "a write that names neither column leaves no audit row and no WARNING",
      probe: async (probe) => {
        const { sql, orgId, warnings } = probe;
        const { callId } = await takeCall(sql, probeCall(orgId, 64));
        await sql`update public.calls set phone_number = phone_number where id = ${callId} and org_id = ${orgId}`;
        const told = await auditOf(probe, callId);
        const loud = warnings.filter((warning) => warning.startsWith("[DEPRECATED COLUMN WRITE]")).length;
        return { population: 2, broken: told.length + loud, actual: `${told.length} audit rows, ${loud} WARNINGs` };
      },
    }),
    defineProbe({
      ...bounds,
      id: "unharmed",
      claim: "a write to a deprecated column still succeeds: the columns are deprecated, not closed",
      probe: async ({ sql, orgId }) => {
        const { callId } = await takeCall(sql, probeCall(orgId, 65));
        await sql`update public.calls set caller_name = 'kept', from_number = '1' where id = ${callId} and org_id = ${orgId}`;
        const [call] = await sql<{ kept: boolean }[]>`
          select c.caller_name = 'kept' and c.from_number = '1' as kept from public.calls as c where c.id = ${callId}`;
        return { population: 1, broken: call?.kept === true ? 0 : 1 };
      },
    }),
  ],
});
