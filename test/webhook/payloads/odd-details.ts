import { callOf, endedAt, PayloadList, smallTalk, startedAt } from "./payloads.ts";

const list = new PayloadList(205);
const at = (moment: string): string => moment.replace("Z", "+00:00");

// Another type than it should be: read where it can be, left out where not.
list.report(
  "times in milliseconds",
  { startedAt: Date.parse(startedAt), endedAt: String(Date.parse(endedAt)) },
  { row: { start_time: at(startedAt), end_time: at(endedAt) } },
);
list.report(
  "times in seconds",
  { startedAt: 1757498405, endedAt: "1757498521" },
  { row: { start_time: "2025-09-10T10:00:05+00:00", end_time: "2025-09-10T10:02:01+00:00", duration_seconds: 116 } },
);
list.report("times with a zone", { startedAt: "2025-09-10T12:00:05.212+02:00" });
list.report(
  "empty times",
  { startedAt: "", endedAt: " ", durationSeconds: "116.69" },
  { row: { start_time: null, end_time: null } },
);
list.report(
  "times that are words",
  { startedAt: "earlier", endedAt: { at: 1 }, durationSeconds: "long" },
  {
    row: { start_time: null, end_time: null, duration_seconds: null },
    refused: ["message.startedAt", "message.endedAt", "message.durationSeconds"],
  },
);
list.report(
  "a day that no calendar has",
  { startedAt: "2025-02-30T10:00:00Z", durationSeconds: 5 },
  { row: { start_time: null, duration_seconds: 5 }, refused: ["message.startedAt"] },
);
const far = list.subject();
list.report(
  "a call that was made in another age",
  { call: callOf(far, { createdAt: "9999-12-31T00:00:00Z" }) },
  { row: { created_at: at(startedAt) }, refused: ["message.call.createdAt"] },
  far,
);
list.report(
  "a length below nothing",
  { startedAt: null, durationSeconds: -4 },
  { row: { start_time: null, duration_seconds: null } },
);
list.report(
  "a length beyond every integer",
  { startedAt: null, durationSeconds: 1e13 },
  { row: { start_time: null, duration_seconds: null } },
);
list.report("a cost as text", { cost: "0.25" }, { row: { cost: 0.25 } });
list.report("a cost that is a list", { cost: [1] }, { refused: ["message.cost"] });
list.report("a cost that is a flag", { cost: true }, { refused: ["message.cost"] });
list.report("a reason that is a number", { endedReason: 42 }, { row: { ended_reason: "42" } });
list.report(
  "a reason that is an object",
  { endedReason: {} },
  { row: { ended_reason: null }, refused: ["message.endedReason"] },
);
list.report("a message's time as text", { timestamp: "1757498525902" });
list.report("a message's time as an object", { timestamp: {} }, { refused: ["message.timestamp"] });
list.report(
  "an artifact that is a text",
  { artifact: "none" },
  { row: { transcript: null }, refused: ["message.artifact"] },
);
list.report("an analysis that is a list", { analysis: [] }, { refused: ["message.analysis"] });
list.report(
  "a summary that is an object",
  { analysis: { summary: { text: "No." }, structuredData: { sentiment: "positive" } } },
  {
    row: { sentiment: "positive", sentiment_label: "positive" },
    contact: { lead_score: 60 },
    refused: ["message.analysis.summary"],
  },
);
list.report(
  "a recording that is an address",
  { artifact: { transcript: smallTalk, recording: "https://files.example/plain.wav" } },
  { row: { recording_url: "https://files.example/plain.wav" } },
);
list.report(
  "a recording that is a number",
  { artifact: { transcript: smallTalk, recording: 3 } },
  { refused: ["message.artifact.recording"] },
);
list.report(
  "an address that is a list",
  { artifact: { transcript: smallTalk, recordingUrl: ["https://files.example/l.wav"] } },
  { refused: ["message.artifact.recordingUrl"] },
);
list.report("a customer that is a text", { customer: "somebody" }, { refused: ["message.customer"] });
list.report(
  "a name that is an object",
  { customer: { name: { first: "Ada" } } },
  { refused: ["message.customer.name"] },
);
const digits = list.subject();
list.report(
  "a number that is a number",
  { call: callOf(digits, { customer: { number: Number(digits.number) } }), customer: null },
  {},
  digits,
);
list.report("a number that is a list", { customer: { number: [1] } }, { refused: ["message.customer.number"] });
const unsaid = list.subject();
list.report("a type that is a number", { call: callOf(unsaid, { type: 7 }) }, {}, unsaid);
list.report(
  "a phone number and an assistant that are texts",
  { phoneNumber: "pn", assistant: "as" },
  { refused: ["message.phoneNumber", "message.assistant"] },
);

// Transcripts.
list.report("a transcript as lines", { artifact: { transcript: smallTalk.split("\n") } });
for (const [about, transcript] of [
  [
    "messages",
    [
      { role: "system", message: "Be kind." },
      { role: "bot", message: "Good morning." },
    ],
  ],
  [
    "turns",
    [
      { role: "assistant", content: "Good morning." },
      { role: "tool_calls", toolCalls: [] },
    ],
  ],
] as const) {
  list.report(`a transcript as ${about}`, {
    artifact: { transcript: [...transcript, { role: "user", message: "Is the shop open?" }] },
  });
}
list.report(
  "a transcript as an object",
  { artifact: { transcript: { text: smallTalk } } },
  { row: { transcript: null }, refused: ["message.artifact.transcript"] },
);
list.report(
  "a transcript as numbers",
  { artifact: { transcript: [1, 2] } },
  { row: { transcript: null }, refused: ["message.artifact.transcript"] },
);
list.report(
  "characters that no text has",
  { artifact: { transcript: "AI: Yes?\u0000\nUser: \ud800" }, analysis: { summary: "\u0000" } },
  { row: { transcript: "AI: Yes?\nUser: \ufffd" } },
);

// More than there is room for.
const address = `https://files.example/${"a".repeat(300)}.wav`;
list.report(
  "an address that is too long for its column",
  { artifact: { transcript: smallTalk, recordingUrl: address } },
  { refused: ["recording_url"] },
);
list.report(
  "a reason that is too long for its column",
  { endedReason: "r".repeat(121) },
  { row: { ended_reason: null }, refused: ["ended_reason"] },
);
list.report("a cost that is too great for its column", { cost: 1e9 }, { refused: ["cost"] });
list.report(
  "three of them at once",
  { endedReason: "r".repeat(121), cost: 1e9, artifact: { transcript: smallTalk, recordingUrl: address } },
  { row: { ended_reason: null }, refused: ["cost", "ended_reason", "recording_url"] },
);
const long = `AI: Good morning.\nUser: ${"Is it open? ".repeat(20_000)}End.`;
list.report("a transcript of an hour", { artifact: { transcript: long } }, { row: { transcript: long } });
const spelled = list.subject();
list.report(
  "a number of three hundred characters",
  { call: callOf(spelled, { customer: { number: `sip:${"n".repeat(300)}` } }), customer: null },
  { row: { phone_number: `sip:${"n".repeat(251)}` }, contact: null },
  spelled,
);

// What nobody knows yet.
list.report("fields of next year", {
  squad: { members: [] },
  region: "eu",
  artifact: { transcript: smallTalk, pcapUrl: "https://files.example/p.pcap", variables: { a: 1 }, nodes: [] },
  analysis: { mood: "positive", structuredDataMulti: [{ sentiment: "positive" }] },
  compliance: { hipaaEnabled: { value: false } },
});
list.report("a key that is a word of the language", { constructor: "x", toString: 1, hasOwnProperty: null });

export const oddDetails = list.all;
