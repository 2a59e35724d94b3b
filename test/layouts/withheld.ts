import type { Layout } from "./layout.ts";

const org = "'00000000-0000-0000-0000-00000000000a'";

/** A call, which goes by its `vapi_call_id`. */
function call(id: string, direction: "inbound" | "outbound", phone: string | null, from: string | null): string {
  const text = (value: string | null): string => (value === null ? "null" : `'${value}'`);
  return `
    insert into calls (org_id, vapi_call_id, call_direction, phone_number, from_number, created_at, updated_at)
    values (${org}, '${id}', '${direction}', ${text(phone)}, ${text(from)}, '2026-01-06', '2026-01-06');`;
}

function contact(n: number, name: string, phone: string): string {
  return `
    insert into contacts (id, org_id, name, phone, created_at, updated_at)
    values ('00000000-0000-0000-0001-00000000010${n}', ${org}, '${name}', '${phone}', '2026-01-0${n}', '2026-01-0${n}');`;
}

/** Condition: the call has the number, and the contact of that name or none. */
function shows(id: string, phone: string | null, name: string | null): string {
  const is = (value: string | null): string => (value === null ? "is null" : `= '${value}'`);
  return `exists (select from calls as c left join contacts as k on k.id = c.contact_id
    where c.vapi_call_id = '${id}' and c.phone_number ${is(phone)} and k.name ${is(name)})`;
}

/** Numbers that name nobody, numbers that are no contact's, and what stands beside them. */
export const withheldLayouts: readonly Layout[] = [
  {
    what: "a contact has a withheld number, as the keypad spells it",
    always: true,
    sql: `${contact(1, "John Smith", "+266696687")} ${call("anon", "inbound", "+266696687", null)}`,
    right: "works",
    after: shows("anon", "+266696687", null),
  },
  {
    what: "a contact without a name has a withheld number, and calls that caught names",
    sql: `${contact(1, "Unknown Caller", "+7378742833")}
      insert into calls (org_id, vapi_call_id, call_direction, phone_number, caller_name, contact_id, created_at, updated_at)
      values (${org}, 'anon', 'inbound', '+7378742833', 'A Stranger', '00000000-0000-0000-0001-000000000101', '2026-01-06', '2026-01-06')`,
    right: "works",
    after: shows("anon", "+7378742833", "+7378742833"),
  },
  {
    what: "two contacts of an organisation have one withheld number",
    sql: contact(1, "John Smith", "+266696687") + contact(2, "Mary Jones", "+266696687"),
    right: { code: "UNFIXABLE_PHONE", says: "00000000-0000-0000-0001-000000000102" },
    doctorCannotTell: "numbers are read by a run",
  },
  {
    what: "two contacts of one withheld number, the younger set aside",
    sql: contact(1, "John Smith", "+266696687") + contact(2, "Mary Jones", "+266696687"),
    options: { onUnfixablePhone: "quarantine" },
    right: "works",
    after: "(select array_agg(name order by name) = '{Ann Example,Bob,John Smith}' from contacts)",
  },
  {
    what: "two contacts of one withheld number, the deleted one set aside although it is older",
    sql: `${contact(1, "John Smith", "+266696687")} ${contact(2, "Mary Jones", "+266696687")}
      alter table contacts add deleted_at timestamptz;
      update contacts set deleted_at = '2026-01-10', updated_at = updated_at where name = 'John Smith'`,
    options: { onUnfixablePhone: "quarantine" },
    right: "works",
    after: "(select array_agg(name order by name) = '{Ann Example,Bob,Mary Jones}' from contacts)",
  },
  {
    what: "contacts of two organisations have one withheld number",
    sql: `${contact(1, "John Smith", "+266696687")}
      insert into organizations (id, name, created_at, updated_at) values ('00000000-0000-0000-0000-00000000000b', 'Other', '2026-01-01', '2026-01-01');
      insert into contacts (id, org_id, name, phone, created_at, updated_at) values
        ('00000000-0000-0000-0001-000000000102', '00000000-0000-0000-0000-00000000000b', 'Mary Jones', '+266696687', '2026-01-02', '2026-01-02')`,
    right: "works",
    after: "(select count(*) = 4 from contacts)",
  },
  {
    what: "a contact's number is a word",
    sql: contact(1, "John Smith", "anonymous"),
    right: { code: "UNFIXABLE_PHONE", says: "00000000-0000-0000-0001-000000000101" },
    doctorCannotTell: "numbers are read by a run",
  },
  {
    what: "words in phone_number beside a real from_number link and fill",
    sql: [
      "Unknown",
      "anonymous",
      " RESTRICTED ",
      "Private Number",
      "+266696687",
      "",
      "   ",
      "anonymous@anonymous.invalid",
    ]
      .map((word, n) => call(`word-${n}`, "inbound", word, "(212) 555-0101"))
      .join(""),
    right: "works",
    after:
      "(select count(*) = 8 from calls as c join contacts as k on k.id = c.contact_id where c.vapi_call_id ^@ 'word-' and k.name = 'Ann Example')",
    afterDrop: "(select count(*) = 8 from calls where vapi_call_id ^@ 'word-' and phone_number = '+12125550101')",
  },
  {
    what: "a word beside a number that no contact has",
    sql: call("word", "inbound", "Unknown", "+12125550199"),
    right: "works",
    after: shows("word", "Unknown", null),
    afterDrop: shows("word", "+12125550199", null),
  },
  {
    what: "words in both columns",
    sql: call("both", "inbound", "Unknown", "anonymous") + call("keypad", "inbound", "anonymous", "+266696687"),
    right: "works",
    after: `${shows("both", "Unknown", null)} and ${shows("keypad", "anonymous", null)}`,
    afterDrop: `${shows("both", "Unknown", null)} and ${shows("keypad", "anonymous", null)}`,
  },
  {
    what: "no number but a word in from_number",
    sql: call("empty", "inbound", null, "Unknown") + call("blank", "inbound", " ", "anonymous"),
    right: "works",
    after: `${shows("empty", null, null)} and ${shows("blank", " ", null)}`,
    afterDrop: `${shows("empty", null, null)} and ${shows("blank", " ", null)}`,
  },
  {
    what: "an outbound call with a word as its number",
    sql: call("out", "outbound", "Unknown", "+12125550101") + call("none", "outbound", null, "+12125550101"),
    right: "works",
    after: `${shows("out", "Unknown", null)} and ${shows("none", null, null)}`,
    afterDrop: `${shows("out", "Unknown", null)} and ${shows("none", null, null)}`,
  },
  {
    what: "an outbound call to the withheld number of a contact",
    sql: contact(1, "John Smith", "+2562533") + call("out", "outbound", "+2562533", null),
    right: "works",
    after: shows("out", "+2562533", null),
  },
  {
    what: "a SIP address in from_number is copied, and nobody's",
    sql:
      call("sip", "inbound", null, "sip:agent@pbx.example.com") +
      call("word", "inbound", "Unknown", "sip:+12125550101@pbx.example.com"),
    right: "works",
    after: `${shows("sip", null, null)} and ${shows("word", "Unknown", null)}`,
    afterDrop: `${shows("sip", "sip:agent@pbx.example.com", null)} and ${shows("word", "sip:+12125550101@pbx.example.com", null)}`,
  },
  {
    what: "a SIP address in phone_number stays, beside a real from_number",
    sql: call("sip", "inbound", "sip:agent@pbx.example.com", "+12125550101"),
    right: "works",
    after: shows("sip", "sip:agent@pbx.example.com", null),
    afterDrop: shows("sip", "sip:agent@pbx.example.com", null),
  },
  {
    what: "an extension is copied and kept, and nobody's",
    sql: call("copied", "inbound", null, "101") + call("kept", "inbound", "10001", "+12125550101"),
    right: "works",
    after: `${shows("copied", null, null)} and ${shows("kept", "10001", null)}`,
    afterDrop: `${shows("copied", "101", null)} and ${shows("kept", "10001", null)}`,
  },
  {
    what: "a contact's number is an extension where five digits are a number",
    sql: `update organizations set telephony_country = 'DE'; update contacts set phone = '+1' || regexp_replace(phone, '[^0-9]', '', 'g') where phone not like '+%';
      ${contact(1, "Front Desk", "10001")}`,
    right: { code: "UNFIXABLE_PHONE", says: "00000000-0000-0000-0001-000000000101" },
    doctorCannotTell: "numbers are read by a run",
  },
  {
    what: "an extension as a call's number where five digits are a number",
    sql: `update organizations set telephony_country = 'DE'; update contacts set phone = '+1' || regexp_replace(phone, '[^0-9]', '', 'g') where phone not like '+%';
      ${call("desk", "inbound", "10001", null)}`,
    right: "works",
    after: shows("desk", "10001", null),
  },
];
