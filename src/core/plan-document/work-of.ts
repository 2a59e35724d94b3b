import type { PlannedWork } from "../planned-work.ts";
import type { Work } from "./document.ts";

/** What of planned work a document holds: no SQL, the files have it. Pure. */
export function workOf({ pending, held, overridden, catchUp }: PlannedWork): Work {
  return {
    pending: pending.map(({ name, phase, effects, steps }) => ({
      name,
      phase,
      effects: Object.fromEntries(Object.entries(effects)),
      steps: steps.map(({ sql: _, ...step }) => step),
    })),
    held,
    overridden,
    catchUp,
  };
}
