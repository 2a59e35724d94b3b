import type { AuditReport } from "./audit-deprecated.ts";

/** Whether a column was written in the time that the report is about: by the audit, or by the trace that outlives it. */
export function wasWritten({ since, writes }: AuditReport): boolean {
  return writes.total > 0 || writes.byColumn.some(({ last }) => last !== null && last >= since);
}

/** Whether a reader that closes the gate was seen in that time. */
export function wasRead({ since, readers }: AuditReport): boolean {
  return readers.some(({ weight, lastSeen }) => weight === "reason" && lastSeen !== null && lastSeen >= since);
}
