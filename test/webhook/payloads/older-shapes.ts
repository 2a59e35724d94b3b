import { callOf, PayloadList, smallTalk } from "./payloads.ts";

const list = new PayloadList(207);
const flat = { artifact: undefined, analysis: undefined };

// Where transcript, summary and recording stood before there were artifacts.
list.report("a flat transcript", { ...flat, transcript: smallTalk });
list.report("a flat transcript as turns", {
  ...flat,
  transcript: [
    { role: "assistant", message: "Good morning." },
    { role: "user", message: "Is the shop open?" },
  ],
});
list.report(
  "a flat summary",
  { ...flat, transcript: smallTalk, summary: "Asked for the hours." },
  { row: { outcome_summary: "Asked for the hours." } },
);
list.report(
  "a flat recording",
  { ...flat, transcript: smallTalk, recordingUrl: "https://files.example/flat.wav", stereoRecordingUrl: "s" },
  { row: { recording_url: "https://files.example/flat.wav" } },
);
list.report(
  "all of them, and the turns beside them",
  {
    ...flat,
    transcript: "AI: Good morning.\nUser: I need a quote.",
    summary: "Wants a quote.",
    recordingUrl: "https://files.example/all.wav",
    messages: [{ role: "user", message: "I need a quote." }],
    cost: 0.07,
  },
  {
    row: {
      transcript: "AI: Good morning.\nUser: I need a quote.",
      outcome_summary: "Wants a quote.",
      recording_url: "https://files.example/all.wav",
      cost: 0.07,
    },
    contact: { lead_score: 55 },
  },
);
list.report(
  "both shapes: the newer one counts",
  {
    artifact: { transcript: smallTalk, recordingUrl: "https://files.example/new.wav" },
    analysis: { summary: "New." },
    transcript: "AI: Old.",
    summary: "Old.",
    recordingUrl: "https://files.example/old.wav",
  },
  { row: { recording_url: "https://files.example/new.wav", outcome_summary: "New." } },
);
list.report(
  "both shapes: the older one where the newer is empty",
  {
    artifact: { transcript: "", recordingUrl: null },
    analysis: { summary: " " },
    transcript: smallTalk,
    summary: "Old.",
    recordingUrl: "https://files.example/left.wav",
  },
  { row: { recording_url: "https://files.example/left.wav", outcome_summary: "Old." } },
);
list.report(
  "a flat transcript that cannot be read",
  { ...flat, transcript: 7, summary: "Asked." },
  { row: { transcript: null, outcome_summary: "Asked." }, refused: ["message.transcript"] },
);

// Identifiers on the message.
for (const [about, ids] of [
  ["the number's id on the message", { phoneNumberId: "pn-south" }],
  ["the number's id in its object", { phoneNumber: { id: "pn-south" } }],
  ["the assistant's id on the message", { assistantId: "as-south" }],
  ["the assistant's id in its object", { assistant: { id: "as-south", name: "Robin" } }],
] as const) {
  const of = list.subject("south");
  list.report(about, { call: callOf(of, { phoneNumberId: null }), ...ids }, {}, of);
}
const owned = list.subject("south");
list.report(
  "the call's own ids count before those on the message",
  { call: callOf(owned), phoneNumber: { id: "pn-north" } },
  {},
  owned,
);

// The call as it was made holds more in some messages.
const began = list.subject();
list.status(
  "a state that says when the call began in the call only",
  "forwarding",
  { call: callOf(began, { startedAt: "2025-09-10T10:00:04Z" }), timestamp: undefined },
  { row: { status: "forwarding", start_time: "2025-09-10T10:00:04+00:00" } },
  began,
);
const dialled = list.subject();
list.report(
  "the dialled number in the call",
  { call: callOf(dialled, { phoneNumber: { number: "(202) 555-0100" } }) },
  { row: { to_number: "+12025550100" } },
  dialled,
);

export const olderShapes = list.all;
