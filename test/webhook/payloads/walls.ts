import { callOf, PayloadList, type Subject } from "./payloads.ts";

const list = new PayloadList(212);

// Each organisation's calls are its own, whichever id tells.
for (const tenant of ["north", "south", "west"] as const) {
  list.report(`a call of the organisation ${tenant}`, {}, {}, list.subject(tenant));
  const of = list.subject(tenant);
  list.report(
    `a call that only the assistant of ${tenant} tells`,
    { call: callOf(of, { phoneNumberId: null, assistantId: `as-${tenant}` }) },
    {},
    of,
  );
}
const spelled = list.subject("south");
list.report(
  "a number as it is dialled in the organisation's country",
  { customer: { number: "(212) 555-0106" }, call: callOf(spelled, { customer: null }) },
  {},
  spelled,
);

const body = (fields: Readonly<Record<string, unknown>>) => ({ message: { type: "end-of-call-report", ...fields } });
const call = (of: Subject, fields: Readonly<Record<string, unknown>>) => ({ call: callOf(of, fields) });

// Nobody's, or of two.
const nobodys = list.subject();
list.rejected("a number of nobody", "UNKNOWN_ORGANISATION", body(call(nobodys, { phoneNumberId: "pn-other" })));
list.rejected("no id of anybody", "UNKNOWN_ORGANISATION", body(call(nobodys, { phoneNumberId: null })));
list.rejected(
  "a number of one and an assistant of another",
  "DISPUTED_ORGANISATION",
  body(call(nobodys, { assistantId: "as-south" })),
);
const theirs = list.report("a call that is taken", {}, {}, list.subject("west"));
list.rejected(
  "its id in the message of another organisation",
  "CALL_OF_ANOTHER_ORGANISATION",
  body(call({ ...theirs, tenant: "north" }, {})),
);

// No message.
for (const [about, sent] of [
  ["nothing", null],
  ["a text", "hello"],
  ["a list", []],
  ["no message", {}],
  ["a message that is a list", { message: [] }],
  ["a message without a type", { message: { call: { id: "x" } } }],
  ["a type that is a number", { message: { type: 1 } }],
  ["a call that is a text", body({ call: "x" })],
  ["a call that is a list", body({ call: [] })],
  ["an id that is an object", body({ call: { id: {} } })],
  ["an id that is longer than an index takes", body({ call: { id: "i".repeat(256) } })],
] as const) {
  list.rejected(`a body with ${about}`, "PAYLOAD_INVALID", sent);
}
for (const [about, sent] of [
  ["no call", {}],
  ["a call that is null", { call: null }],
  ["an empty call", { call: {} }],
  ["an id that is null", { call: { id: null } }],
  ["an id of blanks", { call: { id: "  " } }],
] as const) {
  list.rejected(`a report with ${about}`, "left alone", body(sent));
}
const longest = { ...list.subject(), id: `0199b000-${"i".repeat(246)}` };
list.report("an id as long as may be", {}, {}, longest);
const counted = { ...list.subject(), id: "19900212" };
list.report("an id that is a number", { call: callOf(counted, { id: 19900212 }) }, {}, counted);

export const walls = list.all;
