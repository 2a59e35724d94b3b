import { callOf, endedAt, PayloadList, type Subject } from "./payloads.ts";

const list = new PayloadList(203);

/** A report whose caller is `customer`, in both places or in one. */
function caller(about: string, customer: unknown, row: object, contact: object | null, of: Subject = list.subject()) {
  list.report(about, { call: callOf(of, { customer }), customer }, { row: { ...row }, contact }, of);
}

// The same number in the spellings of people and programs.
for (const spell of [
  (n: string) => `(${n.slice(2, 5)}) ${n.slice(5, 8)}-${n.slice(8)}`,
  (n: string) => n.slice(2),
  (n: string) => `1-${n.slice(2, 5)}-${n.slice(5, 8)}-${n.slice(8)}`,
  (n: string) => `+1 ${n.slice(2, 5)} ${n.slice(5)}`,
  (n: string) => `tel:${n}`,
  (n: string) => `  ${n} `,
  (n: string) => `\u202a${n}\u202c`,
]) {
  const of = list.subject();
  caller(`a number spelled ${spell("+12035550199")}`, { number: spell(of.number) }, {}, {}, of);
}

// Nobody's numbers: kept as they are, without a contact.
for (const number of [
  "anonymous",
  "Anonymous",
  "UNKNOWN",
  "Private Number",
  "restricted",
  "withheld",
  "unavailable",
  "+266696687",
  "+7378742833",
  "+86282452253",
  "+8656696",
  "1001",
  "911",
  "1-800-FLOWERS",
  "+1",
  "not a number",
]) {
  caller(`a caller by the number ${number}`, { number }, { phone_number: number }, null);
}
caller("a number that is null", { number: null }, { phone_number: null }, null);
caller("a number that is empty", { number: "" }, { phone_number: null }, null);
caller("a customer of nothing", {}, { phone_number: null }, null);
caller("a customer that is null", null, { phone_number: null }, null);

// SIP.
for (const number of [
  "sip:desk@pbx.example",
  "sips:+12035550199@pbx.example;user=phone",
  "sip:anonymous@anonymous.invalid",
]) {
  caller(`a caller by ${number}`, { number, name: "Front Desk" }, { phone_number: number }, null);
}
caller(
  "a caller by a SIP address of its own field",
  { sipUri: "sip:a@pbx.example" },
  { phone_number: "sip:a@pbx.example" },
  null,
);
const both = list.subject();
caller("a SIP address beside a number", { number: both.number, sipUri: "sip:b@pbx.example" }, {}, {}, both);

const apart = list.subject();
list.report(
  "a SIP address in the call and a number beside it",
  { call: callOf(apart, { customer: { sipUri: "sip:c@pbx.example" } }) },
  {},
  apart,
);
const wrong = list.subject();
list.report(
  "a SIP address that is a list",
  { call: callOf(wrong, { customer: { sipUri: ["sip:d@pbx.example"] } }), customer: null },
  { row: { phone_number: null }, contact: null, refused: ["message.call.customer.sipUri"] },
  wrong,
);

// Names.
for (const [name, known] of [
  ["Ada Quill", "Ada Quill"],
  ["  Bo Lantern  ", "Bo Lantern"],
  ["Null", "Null"],
  ["null", null],
  ["undefined", null],
  ["X", null],
  ["李", "李"],
  ["عمر زهران", "عمر زهران"],
  ["Unknown Caller", null],
  ["Anonymous", null],
  ["WIRELESS CALLER", null],
  ["\u200b\u2060", null],
  ["(203) 555-0100", null],
  ["N".repeat(201), null],
  ["Zero\u0000 Quist", "Zero Quist"],
] as const) {
  const of = list.subject();
  const about = `a caller named ${JSON.stringify(name.slice(0, 20))}`;
  caller(about, { number: of.number, name }, {}, known === null ? {} : { name: known }, of);
}

// Where who calls stands in one place only.
const outside = list.subject();
list.report("a caller beside the call only", { call: callOf(outside, { customer: null }) }, {}, outside);
const inside = list.subject();
list.report("a caller in the call only", { customer: undefined }, {}, inside);

// Calls that are nobody's phone.
for (const type of ["webCall", "vapi.websocketCall"]) {
  const of = list.subject();
  const fields = { call: callOf(of, { type, customer: null, phoneNumberId: null, assistantId: "as-north" }) };
  const row = { phone_number: null, is_test_call: true };
  list.report(`a ${type}`, { ...fields, customer: null }, { row, contact: null }, of);
}

// Calls that we make: nobody becomes a contact by being called.
const called = list.subject();
const toCall = (of: Subject) => ({ call: callOf(of, { type: "outboundPhoneCall" }) });
const outbound = (of: Subject) => ({ call_direction: "outbound", to_number: of.number });
list.report("a call to somebody", toCall(called), { row: outbound(called), contact: null }, called);
const machine = list.subject();
list.report(
  "a call that a machine took",
  { ...toCall(machine), endedReason: "voicemail" },
  { row: { ...outbound(machine), ended_reason: "voicemail" }, contact: null },
  machine,
);
const busy = list.subject();
list.report(
  "a call that nobody took",
  { ...toCall(busy), endedReason: "customer-busy", startedAt: null, artifact: {} },
  {
    row: {
      ...outbound(busy),
      ended_reason: "customer-busy",
      start_time: null,
      duration_seconds: null,
      transcript: null,
    },
    contact: null,
  },
  busy,
);
const desk = list.subject();
list.report(
  "a call to a SIP address",
  { call: callOf(desk, { type: "outboundPhoneCall", customer: { sipUri: "sip:desk@pbx.example" } }), customer: null },
  {
    row: { call_direction: "outbound", to_number: "sip:desk@pbx.example", phone_number: "sip:desk@pbx.example" },
    contact: null,
  },
  desk,
);
const untyped = list.subject();
list.report("a call without a type", { call: callOf(untyped, { type: null }) }, {}, untyped);
const carried = list.subject();
list.report(
  "a carrier's id, a provider's one and a bare assistant",
  {
    call: callOf(carried, {
      phoneCallProvider: "twilio",
      phoneCallProviderId: "CA-1",
      transport: { conversationType: "voice" },
    }),
  },
  { row: { call_sid: "CA-1", end_time: endedAt.replace("Z", "+00:00") } },
  carried,
);

export const callers = list.all;
