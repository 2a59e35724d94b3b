import { randomUUID } from "node:crypto";
import { report, statusUpdate, type Told } from "../webhook/messages.ts";

/** Two clinics, and how the provider knows their lines. */
export const clinics = {
  north: { id: "b0000000-0000-4000-8000-000000000011", line: "line-north" },
  south: { id: "b0000000-0000-4000-8000-000000000012", line: "line-south" },
} as const;

export type Body = ReturnType<typeof report>;

interface Call extends Told {
  readonly line?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly last?: Readonly<Record<string, unknown>>;
}

/** A call's events in order, with what is told and asks for nothing between them. */
function eventsOf({ line = clinics.north.line, data = {}, last = {}, ...told }: Call): readonly Body[] {
  const about = { id: randomUUID(), phoneNumberId: line, ...told };
  const summary = `A summary, ${about.id}.`;
  return [
    statusUpdate("in-progress", about),
    { message: { ...statusUpdate("started", about).message, type: "speech-update", role: "user" } },
    statusUpdate("ended", { ...about, message: { timestamp: 1789034521902, ...reasonOf(last) } }),
    report({ ...about, message: { analysis: { summary, structuredData: data }, ...last } }),
  ];
}

const reasonOf = ({ endedReason }: Readonly<Record<string, unknown>>) =>
  endedReason === undefined ? {} : { endedReason };

const slot = "2026-09-22T09:30:00.000Z";
const positive = { sentiment: "positive" };

/** The calls of a day, each with its events in order. */
export const day: readonly (readonly Body[])[] = [
  eventsOf({ number: "+12025550601", name: "Ada Bergmann", data: { ...positive, slot, reason: "check-up" } }),
  // The same caller again, and the same number at the other clinic.
  eventsOf({ number: "+12025550601", data: { ...positive, slot: "2026-10-01T14:00:00Z" } }),
  eventsOf({ number: "+12025550601", line: clinics.south.line, data: { sentiment: "neutral" } }),
  eventsOf({ number: "+12025550602", data: { sentiment: "negative", urgent: true } }),
  eventsOf({ number: "+12025550603", last: { endedReason: "pipeline-error-openai-llm-failed", cost: null } }),
  eventsOf({ number: "+12025550604", last: { artifact: { transcript: "User: Hello.\n" }, cost: 0.0007 } }),
  // Nobody's number; somebody who is called and is no contact; a visitor of the website.
  eventsOf({ data: { sentiment: "negative", slot } }),
  eventsOf({ type: "outboundPhoneCall", number: "+12025550605", data: positive }),
  eventsOf({ type: "webCall", line: clinics.south.line }),
  eventsOf({
    number: "+12025550606",
    name: "Grace",
    line: clinics.south.line,
    data: { ...positive, slot, urgent: true },
  }),
];
