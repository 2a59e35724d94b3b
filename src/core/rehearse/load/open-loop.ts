import { setTimeout as sleep } from "node:timers/promises";

/** One request, in ms of `performance.now()`. */
export interface Sent {
  readonly kind: string;
  /** When it had to be sent: time in the sender's queue counts, so a stall is felt by all whom it kept waiting. */
  readonly due: number;
  readonly done: number;
  /** The SQLSTATE or code of the error that the sender was told; null: it was done. */
  readonly told: string | null;
}

export interface OpenLoopOptions<Lane, Kind extends string> {
  /** Each serves one request at a time. */
  readonly lanes: readonly Lane[];
  /** Requests a second. */
  readonly rate: number;
  readonly next: () => Kind;
  readonly send: (lane: Lane, kind: Kind) => Promise<void>;
}

/** Sends requests at a fixed rate, whether or not earlier ones were answered. `stop` waits for those that are due. */
export function runOpenLoop<Lane, Kind extends string>(
  options: OpenLoopOptions<Lane, Kind>,
): { readonly sent: readonly Sent[]; readonly stop: () => Promise<void> } {
  const { lanes, rate, next, send } = options;
  const free = [...lanes];
  const waiting: { readonly kind: Kind; readonly due: number }[] = [];
  const sent: Sent[] = [];
  let working = 0;
  let stopped = false;

  const serve = (): void => {
    while (free.length > 0 && waiting.length > 0) {
      const [lane, request] = [free.shift(), waiting.shift()];
      if (lane !== undefined && request !== undefined) void work(lane, request.kind, request.due);
    }
  };
  const work = async (lane: Lane, kind: Kind, due: number): Promise<void> => {
    working += 1;
    const told = await send(lane, kind).then(() => null, codeOf);
    sent.push({ kind, due, done: performance.now(), told });
    working -= 1;
    free.push(lane);
    serve();
  };
  const loop = async (): Promise<void> => {
    const began = performance.now();
    for (let place = 0; !stopped; place += 1) {
      const due = began + (place * 1000) / rate;
      const early = due - performance.now();
      if (early > 0) await sleep(early);
      waiting.push({ kind: next(), due });
      serve();
    }
    while (waiting.length > 0 || working > 0) await sleep(5);
  };
  const running = loop();
  return {
    sent,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Error) return "code" in error && typeof error.code === "string" ? error.code : error.name;
  return "unknown";
}
