import { type Member, serverOf } from "../../core/fleet/member.ts";
import type { FleetCommand } from "../../core/fleet/report.ts";

/** How many sessions a command opens at once on the server of its target, at most. */
const ofTarget: Readonly<Record<FleetCommand, number>> = {
  migrate: 3,
  rollback: 3,
  verify: 3,
  "audit deprecated": 1,
  "audit record": 3,
  status: 1,
  doctor: 2,
  rehearse: 3,
};

/** On the server of a copy: its run, who looks at its locks, and who reads; and the lanes of `--write-load`. */
const ofCopy = { run: 6, load: 8 };

/** How many sessions a command opens at most for a target, by server. */
export function sessionsOf(
  of: FleetCommand,
  { target, replica, copy }: Member,
  { writesLoad, asksReplica }: { readonly writesLoad: boolean; readonly asksReplica: boolean },
): ReadonlyMap<string, number> {
  const sessions = new Map<string, number>();
  const add = (server: string, count: number): void => {
    sessions.set(server, (sessions.get(server) ?? 0) + count);
  };
  if (of === "verify" && asksReplica && replica !== undefined) add(serverOf(replica.target), ofTarget.verify);
  else add(serverOf(target), ofTarget[of]);
  if (of.startsWith("audit") && replica !== undefined) add(serverOf(replica.target), 1);
  if (of === "rehearse" && copy !== undefined && copy !== "embedded") {
    add(serverOf(copy.target), ofCopy.run + (writesLoad ? ofCopy.load : 0));
  }
  return sessions;
}
