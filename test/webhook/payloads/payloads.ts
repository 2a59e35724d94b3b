type Fields = Readonly<Record<string, unknown>>;

/** Organisations of their own, and how the provider knows them. */
export const tenants = {
  north: { id: "b0000000-0000-4000-8000-000000000001", country: "US", number: "pn-north", assistant: "as-north" },
  south: { id: "b0000000-0000-4000-8000-000000000002", country: "CA", number: "pn-south", assistant: "as-south" },
  west: { id: "b0000000-0000-4000-8000-000000000003", country: "US", number: "pn-west", assistant: "as-west" },
} as const;

export type Tenant = keyof typeof tenants;

/** A message of the provider, and what the tables have to be once it was sent after those in front of it. */
export interface Payload {
  readonly about: string;
  readonly body: unknown;
  /** `recorded`; `left alone`: nothing is written; else the code of the error. */
  readonly outcome: string;
  /** The provider's id of the call, where the message names one. */
  readonly callId: string | null;
  /** All columns of calls, but ids and times of arrival. Null: there is no such call. */
  readonly row: Fields | null;
  readonly contact: Contact | null;
  /** What `handle` says was left out. */
  readonly refused: readonly string[];
}

interface Contact {
  readonly phone: string;
  readonly name: string;
  readonly lead_score: number | null;
  readonly lead_status: string | null;
}

/** Whose call a message is about. */
export interface Subject {
  readonly id: string;
  readonly number: string;
  readonly tenant?: Tenant | undefined;
}

/** What differs from an ordinary call. */
export interface Expected {
  readonly row?: Fields;
  /** Null: nobody. */
  readonly contact?: Partial<Contact> | null;
  readonly refused?: readonly string[];
}

/** What a row of calls has where no event says anything. */
const untouched: Fields = {
  caller_name: null,
  from_number: null,
  to_number: null,
  call_sid: null,
  start_time: null,
  end_time: null,
  duration_seconds: null,
  status: null,
  recording_url: null,
  recording_storage_path: null,
  transcript: null,
  transcript_text: null,
  sentiment: null,
  sentiment_label: null,
  sentiment_score: null,
  sentiment_summary: null,
  sentiment_urgency: null,
  intent: null,
  outcome: null,
  outcome_summary: null,
  notes: null,
  metadata: {},
  reconciled: false,
  is_test_call: false,
  ended_reason: null,
  cost: null,
};

export const createdAt = "2025-09-10T10:00:01.104Z";
export const startedAt = "2025-09-10T10:00:05.212Z";
export const endedAt = "2025-09-10T10:02:01.902Z";
const stored = (moment: string): string => moment.replace("Z", "+00:00");

/** What nobody's score depends on. */
export const smallTalk = "AI: Good morning.\nUser: Is the shop open?";

/** A list of payloads; each of its callers has a number of its own area. */
export class PayloadList {
  readonly all: Payload[] = [];
  readonly #area: number;
  #last = 0;

  constructor(area: number) {
    this.#area = area;
  }

  /** A call and a caller that no other payload has. */
  subject(tenant?: Tenant): Subject {
    const n = this.#last++;
    if (n > 99) throw new Error("an area has a hundred numbers");
    return {
      id: `0199b000-0${this.#area}-7000-8000-${String(n).padStart(12, "0")}`,
      number: `+1${this.#area}55501${String(n).padStart(2, "0")}`,
      tenant,
    };
  }

  /** The report of an answered call, `fields` in place of or beside its own. */
  report(about: string, fields: Fields, expected: Expected = {}, of: Subject = this.subject()): Subject {
    return this.#recorded(about, { ...reportFields, ...messageOf(of), ...fields }, of, {
      ...expected,
      row: { ...reportRow, ...expected.row },
      contact: expected.contact === null ? null : { lead_score: 40, lead_status: "warm", ...expected.contact },
    });
  }

  status(about: string, status: unknown, fields: Fields, expected: Expected = {}, of = this.subject()): Subject {
    const message = { type: "status-update", status, timestamp: Date.parse(startedAt), ...messageOf(of), ...fields };
    return this.#recorded(about, message, of, expected);
  }

  /** A message that leaves the tables as they are: what is expected is what was there before it. */
  aside(about: string, message: Fields, of: Subject = this.subject(), outcome = "left alone"): Subject {
    const former = this.all.findLast(({ callId }) => callId === of.id);
    this.all.push({
      about,
      body: { message: { timestamp: Date.parse(startedAt), ...messageOf(of), ...message } },
      outcome,
      callId: of.id,
      row: former?.row ?? null,
      contact: former?.contact ?? null,
      refused: [],
    });
    return of;
  }

  /** A body that cannot be taken. */
  rejected(about: string, code: string, body: unknown): void {
    this.all.push({ about, body, outcome: code, callId: null, row: null, contact: null, refused: [] });
  }

  /** The last payload as it was sent, once more: the sender got no answer. */
  again(about: string): void {
    const last = this.all.at(-1);
    if (last !== undefined) this.all.push({ ...last, about });
  }

  #recorded(about: string, message: Fields, of: Subject, { row, contact, refused = [] }: Expected): Subject {
    const outbound = row?.call_direction === "outbound";
    this.all.push({
      about,
      body: { message },
      outcome: "recorded",
      callId: of.id,
      row: {
        ...untouched,
        org_id: tenants[of.tenant ?? "north"].id,
        vapi_call_id: of.id,
        call_direction: "inbound",
        call_type: outbound ? "outbound" : "inbound",
        direction: outbound ? "outbound" : "inbound",
        phone_number: of.number,
        created_at: stored(createdAt),
        ...row,
      },
      contact:
        contact === null
          ? null
          : { phone: of.number, name: contact?.phone ?? of.number, lead_score: null, lead_status: null, ...contact },
      refused,
    });
    return of;
  }
}

const reportFields: Fields = {
  type: "end-of-call-report",
  timestamp: Date.parse(endedAt) + 4_000,
  endedReason: "customer-ended-call",
  startedAt,
  endedAt,
  artifact: { transcript: smallTalk },
  analysis: {},
};

const reportRow: Fields = {
  status: "ended",
  start_time: stored(startedAt),
  end_time: stored(endedAt),
  duration_seconds: 117,
  ended_reason: "customer-ended-call",
  transcript: smallTalk,
};

/** The call of a message as the provider has it when the call is made, `fields` in place of or beside its own. */
export function callOf({ id, number, tenant = "north" }: Subject, fields: Fields = {}): Fields {
  return {
    id,
    orgId: "e7d1c2aa-5b11-4c3e-9a55-2f0c6b8d9e10",
    type: "inboundPhoneCall",
    status: "ringing",
    createdAt,
    updatedAt: createdAt,
    phoneNumberId: tenants[tenant].number,
    customer: { number },
    ...fields,
  };
}

function messageOf(of: Subject): Fields {
  return { call: callOf(of), customer: { number: of.number } };
}
