import { serverSeconds } from "../support/cpu.ts";
import { cases, type Kind, type Run } from "./cases.ts";
import type { Measured, Send } from "./ways.ts";

/** Each worker sends its next event as soon as the last one was acknowledged. */
export async function runInNode(
  send: Send,
  kind: Kind,
  run: Run,
  options: { readonly postmaster: number; readonly seconds: number },
): Promise<Measured> {
  const { next } = cases[kind];
  const latencies: number[] = [];
  const counts: number[] = Array(run.connections).fill(0);
  let created = 0;
  const cpuBefore = process.cpuUsage();
  const serverBefore = serverSeconds(options.postmaster);
  const began = performance.now();
  const until = began + options.seconds * 1000;
  const work = async (worker: number): Promise<void> => {
    for (let turn = 1; performance.now() < until; turn += 1) {
      const call = next(worker, turn, run);
      const sent = performance.now();
      const told = await send(call);
      latencies.push(performance.now() - sent);
      if (told.callId === "" || told.contactId === null) throw new Error("an event was not acknowledged");
      if (told.contactCreated) created += 1;
      counts[worker] = turn;
    }
  };
  await Promise.all(counts.map((_, worker) => work(worker)));
  const elapsed = (performance.now() - began) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const events = latencies.length;
  return {
    events,
    counts,
    created,
    rate: events / elapsed,
    latencies,
    client: (cpu.user + cpu.system) / events,
    server: anEvent(serverBefore, serverSeconds(options.postmaster), events),
  };
}

/** Microseconds of processor time an event. */
export function anEvent(before: number | null, after: number | null, events: number): number | null {
  return before === null || after === null ? null : ((after - before) * 1e6) / events;
}
