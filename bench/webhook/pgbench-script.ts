import { callValues } from "../../src/webhook/call-values.ts";
import type { CallsSchema } from "../../src/webhook/calls-schema.ts";
import { newCallStatement } from "../../src/webhook/new-call-statement.ts";
import { storedCallStatement } from "../../src/webhook/stored-call-statement.ts";
import type { Case } from "./cases.ts";
import { callIdOf, orgIdOf, recordingOf, sample, transcriptOf } from "./sample.ts";

/**
 * A pgbench script that prepares the library's statement for new or stored calls in each connection and executes it with what `callValues` gives,
 * the varying parts computed by pgbench. In simple mode it sends EXECUTE: in prepared mode pgbench would make a parameter of
 * each of the hundred places where the statement has one of its twenty, and send a transcript six times.
 */
export function pgbenchScript(schema: CallsSchema, { script, country, repeats }: Case): string {
  const callId = callIdOf(repeats ? "0000" : ":phase", ":rest");
  const event = {
    ...sample,
    orgId: orgIdOf(":org"),
    providerCallId: callId,
    details: { ...sample.details, transcript: transcriptOf(":version").trim(), recordingUrl: recordingOf(callId) },
  };
  const arguments_ = callValues(schema, event).map((value) =>
    value === event.number ? `'${country}:tel'` : literal(value),
  );
  return `\\if :ready = 0
prepare event as ${repeats ? storedCallStatement(schema) : newCallStatement(schema)};
\\set ready 1
\\endif
${script}
execute event(${arguments_.join(", ")});
`;
}

function literal(value: string | number | boolean | Date | null): string {
  if (value === null) return "null";
  if (value instanceof Date) return `'${value.toISOString()}'`;
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
