// What the bench sends: one report at the end of a call, as a payload, as an event, and as a pgbench script that sends the
// library's own statement.
import { randomInt } from "node:crypto";
import { callStatement, callValues } from "../../dist/src/webhook/call-statement.js";
import { readCall } from "../../dist/src/webhook/read-call.js";
import { scoreLead } from "../../dist/src/webhook/score-lead.js";
import { knownCallers, organisations } from "./database.mjs";

/** Calls that are there before the repeats come. */
export const storedCalls = 20_000;

const turns = [
  ["AI", "Good morning, this is the front desk. How can I help you today?"],
  ["User", "Hello, I would like to book an appointment for a check-up, if you have anything available this week."],
  ["AI", "Of course. We have Tuesday at half past nine, or Thursday at two in the afternoon. Which one suits you?"],
  ["User", "Thursday would be better for me. How much does it cost, and do I have to bring anything along?"],
  ["AI", "The check-up is ninety dollars. Please bring your insurance card and the letter of your doctor."],
  ["User", "Good. Then I take Thursday. My number is the one that I am calling from."],
  ["AI", "Thank you. You are booked for Thursday at two. You will get a message that confirms it. Anything else?"],
  ["User", "No, that was all. Thank you, and goodbye."],
];
const prompt = "You are the assistant of a front desk. Be brief, be kind, ask one question at a time. ".repeat(40);
const dialogue = turns.map(([who, text]) => `${who}: ${text}`).join("\n");
const messages = [
  { role: "system", message: prompt, time: 1789034405212, secondsFromStart: 0 },
  ...turns.map(([who, message], n) => ({
    role: who === "AI" ? "bot" : "user",
    message,
    time: 1789034406000 + n * 14000,
    endTime: 1789034407000 + n * 14000,
    secondsFromStart: 0.8 + n * 14,
    duration: 1000,
  })),
];

/** The organisation's id, from 10 to 29. */
const orgIdOf = (org) => `00000000-0000-4000-8000-0000000000${org}`;
const callIdOf = (phase, rest) => `0199a7c2-5b1e-${phase}-${rest}`;
const transcriptOf = (version) => `${dialogue}\nAI: Goodbye. ${version}\n`;
const recordingOf = (callId) => `https://storage.example/${callId}-mono.wav`;
// Both ways of writing it have as many digits.
const firstVersion = 100_000_000_000;
const orgOfCaller = (n) => 10 + (n % organisations);
const numberOfCaller = (n) => `+1${2_000_000_000 + n}`;
const someCall = () => String(10_000_000_000_000_000n + BigInt(randomInt(2 ** 47)) * 639n);

/** What happens in each case: `next(worker, turn, run)` gives the n-th event of one of `run.connections` workers. */
export const cases = {
  known: {
    label: "known caller, new call",
    next: (_worker, _turn, { phase }) => {
      const caller = randomInt(1, knownCallers + 1);
      return {
        org: orgOfCaller(caller),
        callId: callIdOf(phase, someCall()),
        number: numberOfCaller(caller),
        version: firstVersion,
      };
    },
    script: `\\set caller random(1, ${knownCallers})
\\set org 10 + :caller % ${organisations}
\\set tel 2000000000 + :caller
\\set rest random(10000000000000000, 99999999999999999)
\\set version ${firstVersion}`,
    country: "+1",
  },
  new: {
    label: "new caller",
    next: (_worker, _turn, { phase }) => ({
      org: randomInt(10, 10 + organisations),
      callId: callIdOf(phase, someCall()),
      number: `+49${randomInt(100_000_000_000, 1_000_000_000_000)}`,
      version: firstVersion,
    }),
    script: `\\set org random(10, ${9 + organisations})
\\set tel random(100000000000, 999999999999)
\\set rest random(10000000000000000, 99999999999999999)
\\set version ${firstVersion}`,
    country: "+49",
  },
  identical: {
    label: "identical repeat",
    next: (worker, turn, run) => repeatOf(worker, turn, run, firstVersion),
    script: repeatScript("0"),
    country: "+1",
    repeats: true,
  },
  changing: {
    label: "repeat that changes",
    next: (worker, turn, run) => repeatOf(worker, turn, run, firstVersion + run.base + turn),
    script: repeatScript(":base + :turn"),
    country: "+1",
    repeats: true,
  },
};

// Each worker goes through calls of its own, in order: two never meet in a row, and each change is one.
function repeatOf(worker, turn, { connections, offset }, version) {
  const share = Math.floor(storedCalls / 2 / connections);
  return storedCall(offset + worker + connections * (turn % share), version);
}

function repeatScript(change) {
  return `\\set turn :turn + 1
\\set caller :offset + :client_id + :connections * (:turn % :share)
\\set org 10 + :caller % ${organisations}
\\set tel 2000000000 + :caller
\\set rest 10000000000000000 + :caller
\\set version ${firstVersion} + ${change}`;
}

/** A call that is stored before the repeats come; the first half repeats the same, the second half changes. */
export function storedCall(n, version = firstVersion) {
  return {
    org: orgOfCaller(n),
    callId: callIdOf("0000", String(10_000_000_000_000_000n + BigInt(n))),
    number: numberOfCaller(n),
    version,
  };
}

/** The report of a call, as the provider sends it. The assistant is the organisation. */
export function payloadOf({ org, callId, number, version }) {
  const customer = { number, name: "Grace Hopper" };
  return {
    message: {
      type: "end-of-call-report",
      timestamp: 1789034530000,
      endedReason: "customer-ended-call",
      startedAt: "2026-09-10T10:00:05.212Z",
      endedAt: "2026-09-10T10:02:01.902Z",
      durationSeconds: 116.69,
      cost: 0.1931,
      costs: [{ type: "transport", provider: "twilio", minutes: 1.94, cost: 0.0165 }],
      analysis: {
        summary: "The caller booked a check-up for Thursday at two.",
        structuredData: { sentiment: "positive", booked: true },
        successEvaluation: "true",
      },
      artifact: { transcript: transcriptOf(version), messages, recordingUrl: recordingOf(callId) },
      call: {
        id: callId,
        orgId: "6b1f0c9e-2d34-4f7a-8c55-91d0a2b3c4d5",
        createdAt: "2026-09-10T10:00:01.104Z",
        updatedAt: "2026-09-10T10:00:01.104Z",
        type: "inboundPhoneCall",
        status: "ringing",
        phoneNumberId: "3f8e1b52-7a61-4c0d-9b1e-5d2f4a6c8e90",
        assistantId: orgIdOf(org),
        customer,
      },
      phoneNumber: { provider: "twilio", number: "+12025550100" },
      customer,
    },
  };
}

const score = scoreLead({ orgId: orgIdOf(10), transcript: transcriptOf(firstVersion), sentiment: "positive" });
const sample = eventOfPayload(payloadOf(storedCall(1)));

function eventOfPayload(payload) {
  return {
    ...readCall(payload.message, "contactId"),
    orgId: payload.message.call.assistantId,
    country: "US",
    createContact: true,
    leadScore: score.score,
    leadStatus: score.tier,
  };
}

/** The same call as `handle` gives it to `recordCall`. */
export function eventOf({ org, callId, number, version }) {
  const details = {
    ...sample.details,
    transcript: transcriptOf(version).trim(),
    recordingUrl: recordingOf(callId),
  };
  return { ...sample, orgId: orgIdOf(org), vapiCallId: callId, number, details };
}

/**
 * A pgbench script that prepares the library's statement in each connection and executes it with what `callValues` gives,
 * the varying parts computed by pgbench. In simple mode it sends EXECUTE: in prepared mode pgbench would make a parameter of
 * each of the hundred places where the statement has one of its twenty, and send a transcript six times.
 */
export function pgbenchScript(schema, { script, country, repeats }) {
  const callId = callIdOf(repeats ? "0000" : ":phase", ":rest");
  const event = {
    ...sample,
    orgId: orgIdOf(":org"),
    vapiCallId: callId,
    details: { ...sample.details, transcript: transcriptOf(":version").trim(), recordingUrl: recordingOf(callId) },
  };
  const arguments_ = callValues(schema, event).map((value) =>
    value === event.number ? `'${country}:tel'` : literal(value),
  );
  return `\\if :ready = 0
prepare event as ${callStatement(schema)};
\\set ready 1
\\endif
${script}
execute event(${arguments_.join(", ")});
`;
}

function literal(value) {
  if (value === null) return "null";
  if (value instanceof Date) return `'${value.toISOString()}'`;
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
