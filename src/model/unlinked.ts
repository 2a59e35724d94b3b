/** Why a call gets no contact. Each has one reason, the first that holds. */
export const unlinkedReasons = [
  "noOrganisation",
  "noNumber",
  "withheldNumber",
  "unreadableNumber",
  "noContact",
] as const;

export type UnlinkedReason = (typeof unlinkedReasons)[number];

/** Calls without a contact: how many get one, and why the others do not. */
export interface PlannedLinks {
  readonly linked: number;
  /** Reasons without calls are left out. */
  readonly unlinked: Readonly<Partial<Record<UnlinkedReason, number>>>;
}
