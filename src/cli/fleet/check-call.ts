import { existsSync } from "node:fs";
import type { Member } from "../../core/fleet/member.ts";
import type { FleetOptions } from "../../core/fleet/run-fleet.ts";
import { listLines, SsotError } from "../../model/errors.ts";
import { refuseSilence } from "../confirm.ts";
import type { Invocation } from "../invocation.ts";
import { argumentsFor, type FleetCall, planFile } from "./call.ts";
import { type FleetFlags, isForm, refusalOf } from "./fleet-options.ts";

/** Throws USAGE for a call that cannot be meant for many databases. */
export function checkCall(
  invocation: Invocation,
  { reporter = [] }: FleetFlags,
  { of, spoken, flags }: FleetCall,
): void {
  const other = spoken.find(({ name }) => refusalOf(name) !== undefined);
  if (other !== undefined) {
    throw new SsotError("USAGE", `${other.name} is for one database`, { hint: refusalOf(other.name) });
  }
  const form = reporter.find((choice) => !isForm(choice));
  if (form !== undefined) {
    throw new SsotError("USAGE", `a fleet has no report of the form ${form.name}`, {
      hint: "Expected table, json, junit or markdown.",
    });
  }
  if (of !== "rollback" || flags.dryRun === true) return;
  // Run a second time over a half done list, "the last one" would be one more where it was done.
  if (flags.plan === undefined && flags.to === undefined && flags.all !== true) {
    throw new SsotError(
      "USAGE",
      "a fleet is taken back to a place that is the same for all: expected --to NAME, --all or --plan DIR",
      {
        hint: "The last migration, or the drop of --only, is another one once a target was taken back. Nothing was asked of any database.",
      },
    );
  }
  refuseSilence(invocation, "rollback asks before it changes anything", "Look first: ssot fleet rollback --dry-run");
}

/**
 * Throws USAGE or CONFIGURATION for what is wrong with the call for these targets: options that the command itself refuses, a target
 * without its plan or copy, a ceiling below what one target needs.
 */
export async function checkMembers(
  invocation: Invocation,
  { connectionsPerServer: ceiling }: FleetFlags,
  call: FleetCall,
  members: readonly Member[],
  sessionsOf: FleetOptions["sessionsOf"],
): Promise<void> {
  const { of, spoken } = call;
  const needed = Math.max(...members.flatMap((member) => [...sessionsOf(member).values()]));
  if (ceiling !== undefined && ceiling < needed) {
    throw new SsotError("USAGE", `${of} opens up to ${needed} sessions on one server: expected that many, or more`, {
      hint: `--connections-per-server ${needed}`,
    });
  }
  const plans = spoken.findLast(({ name }) => name === "--plan")?.value;
  const unplanned = plans === undefined ? [] : members.filter(({ name }) => !existsSync(planFile(plans, name)));
  if (unplanned.length > 0) throw lacking("have no plan in that folder", "NAME.json", unplanned);
  if (of === "rehearse") checkCopies(call, members);
  const [first] = members;
  // The command itself knows what may be said to it.
  if (first !== undefined) await invocation.check(argumentsFor(call, first, { last: true }));
}

function checkCopies({ spoken }: FleetCall, members: readonly Member[]): void {
  const on = spoken.findLast(({ name }) => name === "--on")?.value;
  if (on !== undefined && on !== "embedded") {
    throw new SsotError(
      "USAGE",
      "--on names one copy, and each target has its own: expected --on embedded, or copy=URL",
      {
        hint: "A target is a line: NAME URL [replica=URL] [copy=URL].",
      },
    );
  }
  const without = members.filter(({ copy }) => copy === undefined);
  if (on === undefined && without.length > 0)
    throw lacking("have no copy", "copy=URL, copy=embedded or --on embedded", without);
  const taken = new Map<string, string>();
  for (const { name, copy } of members) {
    if (copy === undefined || copy === "embedded") continue;
    const { host, port, database } = copy.target;
    const place = JSON.stringify([host, port, database]);
    const other = taken.get(place);
    if (other !== undefined) {
      throw new SsotError(
        "CONFIGURATION",
        `${other} and ${name} have the same copy: a rehearsal would disturb the other`,
      );
    }
    taken.set(place, name);
  }
}

function lacking(what: string, expected: string, members: readonly Member[]): SsotError {
  return new SsotError("CONFIGURATION", `these targets ${what}:${listLines(members.map(({ name }) => name))}`, {
    hint: `Expected for each: ${expected}. Nothing was asked of any database.`,
  });
}
