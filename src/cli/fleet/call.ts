import { resolve } from "node:path";
import type { Member } from "../../core/fleet/member.ts";
import type { FleetCommand } from "../../core/fleet/report.ts";
import { fleetOnly } from "./fleet-options.ts";
import { type Spoken, wordsOf } from "./spoken.ts";

/** A command of a fleet as it was called. */
export interface FleetCall {
  readonly of: FleetCommand;
  readonly spoken: readonly Spoken[];
  readonly operands: readonly string[];
  /** The command's own options, as commander read them. */
  readonly flags: Readonly<Record<string, unknown>>;
}

// Of the terminal, and of the database: each target has its own.
const notPassed: ReadonlySet<string> = new Set([
  ...fleetOnly,
  ...["--json", "--quiet", "--no-color", "--yes", "--database-url", "--embedded", "--plan", "--plan-out", "--on"],
]);

/** Commands that wait for another run: at first a fleet does not, it comes back at the end. */
const waiting: readonly FleetCommand[] = ["migrate", "rollback", "rehearse"];

export interface Attempt {
  /** Nobody tries again afterwards. */
  readonly last: boolean;
}

/**
 * The command line for one target, without its URL but with those that belong to it: it is given to a process of ours by a channel, and
 * nobody sees it in a list of processes. Pure.
 */
export function argumentsFor(
  { of, spoken, operands }: FleetCall,
  { name, copy, replica }: Member,
  { last }: Attempt,
): readonly string[] {
  const valuesOf = (wanted: string): readonly string[] =>
    spoken.flatMap((each) => (each.name === wanted ? [each.value ?? ""] : []));
  const passed = spoken.filter((each) => !notPassed.has(each.name));
  const [plan] = valuesOf("--plan").slice(-1);
  const [on] = valuesOf("--on").slice(-1);
  const copyUrl = copy === undefined || copy === "embedded" ? copy : copy.url;
  return [
    ...of.split(" "),
    ...wordsOf(passed),
    ...valuesOf("--plan-out").flatMap((folder) =>
      ["json", "md"].map((ending) => `--plan-out=${planFile(folder, name, ending)}`),
    ),
    ...(plan === undefined ? [] : [`--plan=${planFile(plan, name)}`]),
    ...(of === "rehearse" ? [`--on=${copyUrl ?? on ?? ""}`] : []),
    ...(of.startsWith("audit") && replica !== undefined ? [`--replica=${replica.url}`] : []),
    ...(waiting.includes(of) && !last && valuesOf("--wait").length === 0 ? ["--wait=0"] : []),
    ...["--yes", "--json"],
    ...(operands.length === 0 ? [] : ["--", ...operands]),
  ];
}

/** The plan of a target, in a folder of plans. */
export function planFile(folder: string, name: string, ending = "json"): string {
  return resolve(folder, `${name}.${ending}`);
}
