import type { Migration } from "../../model/migration.ts";
import type { PlannedWork } from "../planned-work.ts";
import type { RollbackCounts } from "../rollback-counts.ts";
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

const outcomes = ["restored", "kept", "unrestorable", "lost"] as const;

/** The same of a rollback: its effects are `restored callsLinked`, `lost indexes` and the like. Pure. */
export function rollbackWorkOf(selected: readonly Migration[], counts: readonly RollbackCounts[]): Work {
  return {
    pending: selected.map(({ name, phase, down }, place) => ({
      name,
      phase,
      effects: Object.fromEntries(
        outcomes.flatMap((outcome) =>
          Object.entries(counts[place]?.[outcome] ?? {}).map(([kind, n]) => [`${outcome} ${kind}`, n]),
        ),
      ),
      steps: down.map((step) => ({
        name: step.name,
        lock: step.lock,
        blocks: step.blocks,
        transactional: step.mode === "transaction",
        rows: null,
      })),
    })),
    held: [],
    overridden: [],
    catchUp: null,
  };
}
