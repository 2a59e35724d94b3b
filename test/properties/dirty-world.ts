import fc from "fast-check";
import type postgres from "postgres";

/** Small dirty data within the contract: every contact's phone can be read, no merge meets a conflict. */
export interface World {
  readonly contacts: readonly {
    readonly id: number;
    readonly organization: number;
    readonly phone: string;
    readonly name: string | null;
    readonly day: number | null;
    readonly hasEmail: boolean;
    readonly status: "hot" | "warm" | "cold" | null;
    readonly score: number | null;
    readonly referrer: number;
    readonly references: number;
  }[];
  readonly calls: readonly {
    readonly organization: number;
    readonly direction: "inbound" | "outbound";
    readonly phone: string | null;
    readonly from: string | null;
    readonly callerName: string | null;
    readonly contact: number | null;
    readonly minute: number;
  }[];
}

const countries = ["US", "US", "GB", "AR"];

// Few numbers in many spellings, so that they meet. The first ones can be read everywhere.
const anywhere = [
  ...[
    "+14155550101",
    "tel:+1-415-555-0101",
    "+1\u00a0415\u2011555\u20110101",
    "+1 415 555 0102",
    "\u200e+1 415 555 0102",
  ],
  ...["+442079460931", "+44 (0)20 7946 0931", "+5491123456261", "+54 9 11 2345-6261", "+12", "+15550100"],
];
const inTheStates = ["(415) 555-0101", "415.555.0101", "1-415-555-0101", "4155550102", "011 44 20 7946 0931"];
const spellings = [...anywhere, ...inTheStates];
const readable = fc.constantFrom(...spellings);
const loose = fc.oneof(
  { weight: 8, arbitrary: readable },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "020 7946 0931",
      "00 44 20 7946 0931",
      "011 15-2345-6261",
      "4155550101",
      "",
      "  ",
      "anonymous",
      "12",
    ),
  },
);
const realName = fc.constantFrom(
  "Ada",
  "Bea O'Neill",
  "李",
  'Zoë \\ "Z"',
  "👩‍⚕️",
  "3M 24/7",
  "Unknown Pleasures",
  " Padded ",
);
const placeholder = fc.constantFrom(
  ...["", "  ", "\t", "unknown", "Unknown Caller", " UNKNOWN  caller", "Unknown\u00a0Caller", "x", "--"],
  ...["+14155550101", "(415) 555-0101", "+442079460931", "(+44) 20 7946 0931"],
);
const name = fc.option(fc.oneof(realName, placeholder), { nil: null, freq: 8 });
const organization = fc.nat(countries.length - 1);

function phoneIn(organization: number, place: number): string {
  const pool = countries[organization] === "US" ? spellings : anywhere;
  return pool[place % pool.length] ?? "+12";
}

export const world: fc.Arbitrary<World> = fc.record({
  contacts: fc.uniqueArray(
    fc
      .record({
        id: fc.nat(9999),
        organization,
        phone: fc.nat(spellings.length - 1),
        name,
        day: fc.option(fc.nat(4), { nil: null, freq: 6 }),
        hasEmail: fc.boolean(),
        status: fc.constantFrom("hot", "warm", "cold", null),
        score: fc.option(fc.nat(100), { nil: null }),
        referrer: fc.nat(20),
        references: fc.nat(2),
      })
      .map((contact) => ({ ...contact, phone: phoneIn(contact.organization, contact.phone) })),
    { minLength: 1, maxLength: 14, selector: ({ id }) => id },
  ),
  calls: fc.array(
    fc.record({
      organization,
      direction: fc.constantFrom("inbound", "inbound", "outbound"),
      phone: fc.option(loose, { nil: null, freq: 5 }),
      from: fc.option(loose, { nil: null, freq: 5 }),
      callerName: name,
      contact: fc.option(fc.nat(20), { nil: null, freq: 2 }),
      minute: fc.nat(5),
    }),
    { maxLength: 25 },
  ),
});

const uuid = (kind: string, n: number): string => `${kind}0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** Loads a world into an empty base schema: referrals inside and across organisations, references of every kind. */
export async function loadWorld(sql: postgres.Sql, { contacts, calls }: World): Promise<void> {
  const at = (n: number): string | null => {
    const contact = contacts[n];
    return contact === undefined ? null : uuid("c", contact.id);
  };
  await sql.begin(async (tx) => {
    await tx`insert into public.organizations ${tx(countries.map((country, n) => ({ id: uuid("a", n), telephony_country: country })))}`;
    if (contacts.length === 0) return;
    await tx`insert into public.contacts ${tx(
      contacts.map((contact) => ({
        id: uuid("c", contact.id),
        org_id: uuid("a", contact.organization),
        phone: contact.phone,
        name: contact.name,
        email: contact.hasEmail ? `${contact.id}@example.com` : null,
        lead_status: contact.status,
        lead_score: contact.score,
        created_at: contact.day === null ? null : new Date(Date.UTC(2025, 0, 1 + contact.day)).toISOString(),
      })),
    )}`;
    for (const contact of contacts) {
      await tx`update public.contacts set referred_by = ${at(contact.referrer)} where id = ${uuid("c", contact.id)}`;
    }
    for (const [n, contact] of contacts.entries()) {
      for (let k = 0; k < contact.references; k += 1) await insertReferences(tx, contact, n * 10 + k);
    }
    if (calls.length === 0) return;
    await tx`insert into public.calls ${tx(
      calls.map((call, n) => ({
        id: uuid("d", n),
        org_id: uuid("a", call.organization),
        vapi_call_id: `call-${n}`,
        contact_id: call.contact === null ? null : at(call.contact),
        call_direction: call.direction,
        phone_number: call.phone,
        from_number: call.from,
        caller_name: call.callerName,
        created_at: new Date(Date.UTC(2026, 0, 1, 0, call.minute)).toISOString(),
      })),
    )}`;
  });
}

/** One row in every table that references contacts; the last table gets two equal ones. */
async function insertReferences(
  tx: postgres.TransactionSql,
  contact: World["contacts"][number],
  n: number,
): Promise<void> {
  const [contact_id, org_id, moment] = [uuid("c", contact.id), uuid("a", contact.organization), "2026-01-05T10:00:00Z"];
  await tx`insert into public.messages (id, org_id, contact_id, body) values (${uuid("e", n)}, ${org_id}, ${contact_id}, 'm')`;
  await tx`insert into public.appointments (org_id, contact_id, starts_at) values (${org_id}, ${contact_id}, ${new Date(Date.UTC(2026, 5, 1, 0, n)).toISOString()})`;
  await tx`insert into public.follow_ups (org_id, contact_id, due_on, task) values (${org_id}, ${contact_id}, '2026-06-01', 't')`;
  await tx`insert into public.contact_notes (org_id, contact_id, body) values (${org_id}, ${contact_id}, 'n')`;
  await tx`insert into public.contact_events (contact_id, kind, happened_at) values (${contact_id}, 'visit', ${moment})`;
  await tx`insert into public.contact_tags (contact_id, tag) values (${contact_id}, ${`tag ${n}`})`;
  for (const _ of [1, 2]) {
    await tx`insert into public.contact_imports (batch, contact_id, raw_line, imported_at) values ('b', ${contact_id}, 'l', ${moment})`;
  }
}
