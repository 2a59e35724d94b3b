import type { Member } from "../../core/fleet/member.ts";
import type { FleetReport } from "../../core/fleet/report.ts";
import { type FleetOptions, runFleet } from "../../core/fleet/run-fleet.ts";
import { ask, mustAsk } from "../confirm.ts";
import type { Invocation } from "../invocation.ts";
import { chooseReporters, closeReports, openReports, type ReportForms, writeReports } from "../reporters.ts";
import { argumentsFor, type FleetCall } from "./call.ts";
import { findCanaries } from "./canaries.ts";
import { checkCall, checkMembers } from "./check-call.ts";
import type { FleetFlags } from "./fleet-options.ts";
import { lookFor } from "./look-for.ts";
import { readMembers } from "./read-members.ts";
import { createRunner, type Runner } from "./runner.ts";
import { sessionsOf } from "./sessions.ts";
import { createWatch } from "./watch.ts";

/** Runs a command on all targets, and gives the worst of their exit codes. Whatever is wrong with the call is said before the first. */
export async function handleFleet(invocation: Invocation, flags: FleetFlags, call: FleetCall): Promise<number> {
  checkCall(invocation, flags, call);
  const choices = chooseReporters(invocation, flags.reporter ?? []);
  const members = await readMembers(invocation, flags);
  const told = { writesLoad: call.flags.writeLoad !== undefined, asksReplica: flags.onReplica === true };
  const sessions: FleetOptions["sessionsOf"] = (member) => sessionsOf(call.of, member, told);
  await checkMembers(invocation, flags, call, members, sessions);
  const canaries = findCanaries(members, flags.canary);
  const look = await lookFor(invocation, flags, call);
  const files = await openReports(invocation, choices);
  const watch = createWatch(invocation, call.of, members.length);
  const runner = createRunner(invocation, members, watch);
  try {
    const report = await runFleet({
      of: call.of,
      members,
      look,
      canaries,
      stopAfter: flags.stopAfter,
      parallel: flags.parallel,
      perServer: flags.connectionsPerServer,
      signal: invocation.signal,
      watch,
      sessionsOf: sessions,
      confirm: (changing) => confirm(invocation, call, changing, watch.pause),
      ...workOf(runner, flags, call),
    });
    watch.close();
    await writeReports(invocation, report, choices, files, formsOf(invocation));
    return report.exit;
  } finally {
    watch.close();
    runner.close();
    await closeReports(files);
  }
}

function workOf(runner: Runner, flags: FleetFlags, call: FleetCall): Pick<FleetOptions, "run" | "prove"> {
  const urlOf = ({ url, replica }: Member): string => (flags.onReplica ? (replica?.url ?? url) : url);
  const run: FleetOptions["run"] = (member, attempt) =>
    runner.run(member, urlOf(member), argumentsFor(call, member, attempt));
  // Only a migration leaves what verify has to prove.
  if (call.of !== "migrate" || call.flags.dryRun === true) return { run, prove: undefined };
  const shared = call.spoken.filter(({ name }) => ["--config", "--migrations", "--trust-role"].includes(name));
  const verify: FleetCall = { of: "verify", spoken: shared, operands: [], flags: {} };
  return { run, prove: (member) => runner.run(member, member.url, argumentsFor(verify, member, { last: true })) };
}

async function confirm(
  invocation: Invocation,
  { of, flags }: FleetCall,
  changing: readonly Member[],
  pause: () => void,
): Promise<void> {
  if (of !== "rollback" || flags.dryRun === true || !mustAsk(invocation)) return;
  pause();
  const { placeOf } = await import("../../core/fleet/member.ts");
  const list = changing.map(({ name, target }) => `  ${name}  ${placeOf(target)}`).join("\n");
  await ask(invocation, `${list}\nTake these ${changing.length} back?`);
}

function formsOf({ options }: Invocation): ReportForms<FleetReport> {
  const view = { verbose: options.verbose ?? false };
  return {
    table: async (report, style) => (await import("../../report/fleet/table.ts")).renderFleet(report, style, view),
    junit: async (report, evidence) => (await import("../../report/fleet/junit.ts")).renderJunit(report, evidence),
    markdown: async (report, evidence) =>
      (await import("../../report/fleet/markdown.ts")).renderMarkdown(report, evidence),
  };
}
