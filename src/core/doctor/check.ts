import type { Connection } from "../../db/connection.ts";
import type { Target } from "../../db/target.ts";

/** What one look found. The remedy says what to do, where there is something to do. */
export interface Finding {
  readonly status: "fine" | "warning" | "problem";
  readonly detail: string;
  readonly remedy?: string;
}

/** What a check looks at. */
export interface Patient {
  readonly connection: Connection;
  readonly target: Target;
  /** The story has migrations of the mission. */
  readonly mission: boolean;
  /** A pooler lends the server's process to others between two statements. */
  readonly lent: boolean;
  /** Roles whose code may run with our rights. */
  readonly trustRoles: readonly string[];
  /** The ids of the checks that found a problem so far. */
  readonly problems: readonly string[];
}

/** One line of the doctor's report. It only reads. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** It looks at the mission's tables: left out where the story is another one. */
  readonly ofMission?: true;
  readonly look: (patient: Patient) => Promise<Finding>;
}

/** All is well. */
export function fine(detail: string): Finding {
  return { status: "fine", detail };
}

/** A list for a sentence: at most five names, then how many more. */
export function listNames(names: readonly string[]): string {
  const most = 5;
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}
