const hints: Readonly<Record<string, string>> = {
  "not-deprecated": "ssot migrate",
  "not-before": "Wait",
  soak: "Wait",
  writer: "Find the writer and change it: ssot audit deprecated",
  reader: "Change the reader, or excuse its role: --allow ROLE; ssot audit deprecated shows all of them",
  unobserved: "ssot audit record keeps who reads, night for night; a month of it is evidence",
  witness: 'ssot audit rebaseline starts the month again, or ssot migrate --phase 3 --force --reason "…"',
  dependent: "Change or drop what depends on them",
  function: "Change the function's body",
  job: "Change the job's command",
  key: "Give the table a primary key, or a unique key over columns that must have a value",
  view: "Read the columns nowhere, then remake the view",
  privilege: "Run Phase 3 as the tables' owner",
};

/** What to do about a reason that keeps the drop's gate closed, by the reason's code. */
export function gateHint(code: string): string {
  return hints[code] ?? "";
}
