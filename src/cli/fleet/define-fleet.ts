import { EventEmitter } from "node:events";
import type { Command } from "commander";
import { type FleetCommand, fleetCommands } from "../../core/fleet/report.ts";
import { helpText } from "../help.ts";
import type { Register } from "../invocation.ts";
import { addFleetOptions, type FleetFlags } from "./fleet-options.ts";
import { listenTo } from "./spoken.ts";

/** Adds a command to a program, or to the fleet. */
type Define = (program: Command, register: Register) => void;

/** The commands that a fleet runs, each as it is defined for one database. */
const parts: Readonly<Record<string, () => Promise<Define>>> = {
  migrate: async () => (await import("../commands/migrate.ts")).defineMigrate,
  verify: async () => (await import("../commands/verify.ts")).defineVerify,
  audit: async () => {
    const { defineAudit } = await import("../commands/audit.ts");
    return (program, register) => defineAudit(program, register, ["deprecated", "record"]);
  },
  rollback: async () => (await import("../commands/rollback.ts")).defineRollback,
  status: async () => (await import("../commands/status.ts")).defineStatus,
  doctor: async () => (await import("../commands/doctor.ts")).defineDoctor,
  rehearse: async () => (await import("../commands/rehearse.ts")).defineRehearse,
};

const allCodes = [0, 1, 2, 3, 4, 5, 6, 70, 130];

/**
 * `ssot fleet COMMAND`: one command over many databases. Its commands are those of one database, with their options, their help and
 * their checks; what they do is done by a process for each target.
 */
export async function loadFleet(args: readonly string[]): Promise<Define> {
  const named = Object.keys(parts).filter((name) => args.includes(name));
  const wanted = named.length === 0 ? Object.keys(parts) : named;
  const defines = await Promise.all(wanted.map((name) => parts[name]?.()));
  return (program, register) => {
    const fleet = program
      .command("fleet")
      .summary("run one command over many databases")
      .description(
        "Runs a command on every database of a list, several at once. What is done already is left alone, so the same command goes on where it was cut off. The exit code is the worst of the targets'.",
      )
      .addHelpText(
        "after",
        helpText(
          ["ssot fleet status --targets fleet.txt", "ssot fleet migrate --targets fleet.txt --canary 1 --stop-after 3"],
          allCodes,
        ),
      );
    for (const define of defines) define?.(fleet, asFleet(program, register));
  };
}

/** Makes a command of one database one of the fleet: its options and the fleet's, and the fleet's work. */
function asFleet(program: Command, register: Register): Register {
  return (command) => {
    const of = commandOf(command);
    addFleetOptions(command, of);
    // The examples of one database.
    if (command instanceof EventEmitter) command.removeAllListeners("afterHelp");
    command.addHelpText("after", helpText([`ssot fleet ${of} --targets fleet.txt`], allCodes));
    const spoken = listenTo([program, command]);
    register<FleetFlags>(command, async (invocation, flags) => {
      const { handleFleet } = await import("./handle-fleet.ts");
      return handleFleet(invocation, flags, { of, spoken, operands: command.args, flags: command.opts() });
    });
  };
}

function commandOf(command: Command): FleetCommand {
  const above = command.parent?.name() === "fleet" ? [] : [command.parent?.name()];
  const path = [...above, command.name()].join(" ");
  const of = fleetCommands.find((name) => name === path);
  if (of === undefined) throw new Error(`no fleet runs ${path}`);
  return of;
}
