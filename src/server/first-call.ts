import { randomUUID } from "node:crypto";

/** A caller whom no contact knows. */
export interface FirstCaller {
  readonly name: string;
  readonly number: string;
}

// Invented; some as long, as foreign and as odd as callers' names are.
const names = [
  "Ines Duarte",
  "Tomasz Wiśniewski",
  "ليلى الحسن",
  "Aoife O'Sullivan",
  "Maria Aparecida de Albuquerque Cavalcanti Filha",
  "佐藤 美咲",
  "Kwame Mensah",
  "נועה לוי",
  "Zoë van der Berg",
  "Jean-Luc <b>Moreau</b>",
] as const;

// 555-0100 to 555-0199 of each is kept for fiction. None of them is that of the demo's own calls.
const areas = [212, 303, 312, 404, 503, 602, 617, 702, 713, 808, 206, 214, 305, 314, 504, 612, 615, 704, 801, 919];

/** The caller of a run's n-th call, from 0 on: two thousand numbers, each once. */
export function firstCaller(n: number): FirstCaller {
  const line = String(Math.floor(n / areas.length) % 100).padStart(2, "0");
  return { name: names[n % names.length] ?? "", number: `+1${areas[n % areas.length]}55501${line}` };
}

/** The report that Vapi sends at the end of a call that this caller has just made. */
export function endOfCallReport({ name, number }: FirstCaller, phoneNumberId: string): object {
  const endedAt = Date.now();
  const startedAt = endedAt - 74_000;
  const customer = { number, name };
  return {
    message: {
      type: "end-of-call-report",
      timestamp: endedAt,
      endedReason: "customer-ended-call",
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(endedAt).toISOString(),
      durationSeconds: 74,
      analysis: {
        summary: "The caller booked a cleaning.",
        structuredData: { sentiment: "positive" },
        successEvaluation: "true",
      },
      artifact: {
        transcript: "AI: Voxanne Dental, hello.\nUser: I'd like to book a cleaning, tomorrow if you can.\n",
        messages: [],
      },
      call: {
        id: randomUUID(),
        type: "inboundPhoneCall",
        status: "ringing",
        phoneNumberId,
        createdAt: new Date(startedAt).toISOString(),
        customer,
      },
      customer,
    },
  };
}
