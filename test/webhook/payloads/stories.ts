import { callOf, createdAt, endedAt, PayloadList, type Subject, smallTalk, startedAt } from "./payloads.ts";

const list = new PayloadList(209);
const at = (moment: string): string => moment.replace("Z", "+00:00");
const began = { start_time: at(startedAt) };
const scored = { lead_score: 40, lead_status: "warm" };
const report = {
  status: "ended",
  ...began,
  end_time: at(endedAt),
  duration_seconds: 117,
  ended_reason: "customer-ended-call",
  transcript: smallTalk,
};

// The usual course.
const usual = list.status("queued", "queued", {}, { row: { status: "queued" } });
list.status("ringing", "ringing", {}, { row: { status: "ringing" } }, usual);
list.status("answered", "in-progress", {}, { row: { status: "in-progress", ...began } }, usual);
list.aside("talked", { type: "speech-update", status: "started", role: "user", turn: 1 }, usual);
list.aside("said", { type: "transcript", role: "user", transcriptType: "final", transcript: "Hello." }, usual);
list.aside("asked for a tool", { type: "tool-calls", toolCallList: [{ id: "t", function: { name: "look" } }] }, usual);
list.status(
  "over",
  "ended",
  { endedReason: "customer-ended-call", timestamp: Date.parse(endedAt) },
  { row: { status: "ended", ...began, ended_reason: "customer-ended-call" } },
  usual,
);
list.report("reported", {}, { row: report }, usual);
list.again("reported once more");

// The report comes first, and what went before it late.
const late = list.report("a report before everything else", {}, { row: report });
list.status("then its end", "ended", {}, { row: report, contact: scored }, late);
list.status("then that it was answered", "in-progress", {}, { row: report, contact: scored }, late);
list.status("then that it rang", "ringing", {}, { row: report, contact: scored }, late);

// Answered twice: the first time counts.
const twice = list.status(
  "answered, as a later message says",
  "in-progress",
  { timestamp: Date.parse(startedAt) + 900 },
  { row: { status: "in-progress", start_time: "2025-09-10T10:00:06.112+00:00" } },
);
list.status(
  "answered, as the first message says",
  "in-progress",
  {},
  { row: { status: "in-progress", ...began } },
  twice,
);

// Handed on to a person.
const handed = list.status("handed on", "forwarding", {}, { row: { status: "forwarding" } });
list.aside("where to", { type: "transfer-update", destination: { type: "number", number: "+12025550181" } }, handed);
list.status("answered after that", "in-progress", {}, { row: { status: "forwarding", ...began } }, handed);
list.report(
  "over after that",
  { endedReason: "assistant-forwarded-call" },
  { row: { ...report, ended_reason: "assistant-forwarded-call" } },
  handed,
);

// Planned, called, not reached; no report ever comes.
const planned = list.subject();
const outbound = (of: Subject) => ({ call_direction: "outbound", to_number: of.number });
const toCall = (of: Subject) => ({ call: callOf(of, { type: "outboundPhoneCall" }) });
list.status(
  "planned",
  "scheduled",
  toCall(planned),
  { row: { ...outbound(planned), status: "scheduled" }, contact: null },
  planned,
);
list.status(
  "not reached",
  "ended",
  { ...toCall(planned), endedReason: "customer-did-not-answer" },
  { row: { ...outbound(planned), status: "ended", ended_reason: "customer-did-not-answer" }, contact: null },
  planned,
);

// States that nobody knows, or that are none.
const strange = list.status("a state of next year", "paused", {}, { row: {} });
list.status("a known one after it", "ringing", {}, { row: { status: "ringing" } }, strange);
list.status("a state that is an object", { now: "ringing" }, {}, { refused: ["message.status"] });
list.status("a state that is missing", undefined, {}, {});

// A report that grows: the recording and the analysis come later.
const grows = list.report(
  "a report of few words",
  { artifact: { transcript: "AI: Good morning." } },
  {
    row: { ...report, transcript: "AI: Good morning." },
  },
);
list.report(
  "the same report, grown",
  {
    artifact: { transcript: "AI: Good morning.\nUser: May I book?", recordingUrl: "https://files.example/g.wav" },
    analysis: { summary: "Booked.", structuredData: { sentiment: "positive" } },
    cost: 0.11,
  },
  {
    row: {
      ...report,
      transcript: "AI: Good morning.\nUser: May I book?",
      recording_url: "https://files.example/g.wav",
      outcome_summary: "Booked.",
      sentiment: "positive",
      sentiment_label: "positive",
      cost: 0.11,
    },
    contact: { lead_score: 85, lead_status: "hot" },
  },
  grows,
);

// Name and number become known.
const named = list.status("a caller without a name", "ringing", {}, { row: { status: "ringing" } });
list.report(
  "who says it",
  { customer: { number: named.number, name: "Ida Marsh" } },
  { contact: { name: "Ida Marsh" } },
  named,
);
const withheld = list.subject();
list.status(
  "a withheld number",
  "ringing",
  { call: callOf(withheld, { customer: { number: "anonymous" } }), customer: null },
  { row: { status: "ringing", phone_number: "anonymous" }, contact: null },
  withheld,
);
list.report("a number that becomes known", {}, {}, withheld);
const bare = list.subject();
list.status(
  "a state that names nobody",
  "ringing",
  { call: { id: bare.id, phoneNumberId: "pn-north" }, customer: null },
  { row: { status: "ringing", phone_number: null, created_at: at(startedAt) }, contact: null },
  bare,
);
list.status("a state that does", "ringing", {}, { row: { status: "ringing", created_at: at(createdAt) } }, bare);

// Somebody calls twice, and another organisation as well.
const first = list.report("a first call", {});
const second = { ...list.subject(), number: first.number };
list.report("a second call of the same number", {}, {}, second);
const elsewhere = { ...list.subject("south"), number: first.number };
list.report(
  "a call of this number elsewhere",
  { customer: { number: first.number, name: "Cy Rook" } },
  { contact: { name: "Cy Rook" } },
  elsewhere,
);

export const stories = list.all;
