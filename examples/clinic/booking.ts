/** What the clinic's assistant is told to fill in: the schema of its `analysisPlan`. */
export interface Booking {
  /** Null where no appointment was agreed on, or none that is a moment. */
  readonly slot: Date | null;
  readonly reason: string | null;
  readonly urgent: boolean;
  readonly sentiment: string | null;
}

/** Reads it without trust: a language model has filled it in. */
export function readBooking(structuredData: unknown): Booking {
  const said: Readonly<Record<string, unknown>> =
    typeof structuredData === "object" && structuredData !== null ? { ...structuredData } : {};
  const slot = typeof said.slot === "string" ? new Date(said.slot) : null;
  return {
    slot: slot === null || Number.isNaN(slot.getTime()) ? null : slot,
    reason: typeof said.reason === "string" ? said.reason : null,
    urgent: said.urgent === true,
    sentiment: typeof said.sentiment === "string" ? said.sentiment.toLowerCase() : null,
  };
}
