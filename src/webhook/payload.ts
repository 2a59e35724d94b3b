import { z } from "zod";
import { isOfCalendar } from "../model/calendar.ts";
import { SsotError } from "../model/errors.ts";

/** What is read of a message of Vapi; everything else in it is left alone. Absent and null mean the same. */
export interface VapiPayload {
  readonly message: VapiMessage;
}

export interface VapiMessage {
  readonly type: string;
  readonly status?: string | null | undefined;
  readonly startedAt?: string | null | undefined;
  readonly endedAt?: string | null | undefined;
  readonly durationSeconds?: number | null | undefined;
  readonly call?: VapiCall | null | undefined;
  readonly customer?: VapiCustomer | null | undefined;
  readonly artifact?: VapiArtifact | null | undefined;
  readonly analysis?: VapiAnalysis | null | undefined;
}

export interface VapiCall {
  readonly id?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly assistantId?: string | null | undefined;
  readonly phoneNumberId?: string | null | undefined;
  readonly customer?: VapiCustomer | null | undefined;
}

export interface VapiCustomer {
  readonly number?: string | null | undefined;
  readonly name?: string | null | undefined;
}

export interface VapiArtifact {
  readonly transcript?: string | null | undefined;
  readonly recordingUrl?: string | null | undefined;
  readonly recording?:
    | { readonly mono?: { readonly combinedUrl?: string | null | undefined } | null | undefined }
    | null
    | undefined;
}

export interface VapiAnalysis {
  readonly summary?: string | null | undefined;
  readonly structuredData?: unknown;
}

/** In characters; the provider's are 36. */
const longestId = 255;

const text = z.string().nullish();
// An index holds it, whose entries have a limit.
const id = z.string().max(longestId, `longer than ${longestId} characters`).nullish();
// What PostgreSQL and JavaScript both can write. JavaScript would take the 30th of February for a day of March.
const instant = z
  .string()
  .refine(
    (value) => /^(19|20|21)\d\d-/.test(value) && !Number.isNaN(Date.parse(value)) && isOfCalendar(value),
    "not a date and time",
  )
  .nullish();
const customer = z.looseObject({ number: text, name: text }).nullish();

const envelope = z.looseObject({ message: z.looseObject({ type: z.string() }) });

const callMessage: z.ZodType<VapiPayload> = z.looseObject({
  message: z.looseObject({
    type: z.string(),
    status: text,
    startedAt: instant,
    endedAt: instant,
    durationSeconds: z.number().nullish(),
    customer,
    call: z.looseObject({ id, type: text, assistantId: text, phoneNumberId: text, customer }).nullish(),
    artifact: z
      .looseObject({
        transcript: text,
        recordingUrl: text,
        recording: z.looseObject({ mono: z.looseObject({ combinedUrl: text }).nullish() }).nullish(),
      })
      .nullish(),
    analysis: z.looseObject({ summary: text }).nullish(),
  }),
});

/** The type of any message. Throws PAYLOAD_INVALID, with the field. */
export function readType(payload: unknown): string {
  return read(envelope, payload).message.type;
}

/** A message about a call, with what is read of it checked. Throws PAYLOAD_INVALID, with the field. */
export function readCallMessage(payload: unknown): VapiPayload {
  return read(callMessage, payload);
}

function read<T>(schema: z.ZodType<T>, payload: unknown): T {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // Of the value itself nothing is said: it may be somebody's number.
  const field = issue?.path.join(".") || "the body";
  const expected =
    issue?.code === "invalid_type" ? `${issue.expected} expected` : (issue?.message ?? "not as expected");
  throw new SsotError("PAYLOAD_INVALID", `${field}: ${expected}`);
}
