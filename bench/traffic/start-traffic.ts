import type { Sql } from "postgres";
import { runOpenLoop, type Sent } from "../../src/core/rehearse/load/open-loop.ts";
import { type Lane, openLane } from "./lane.ts";
import { readPage, readPrepared } from "./reads.ts";
import type { World } from "./world.ts";
import { correctNumber, linkByHand, renameContact, sendWebhook, writeLegacy, writeNotes } from "./writes.ts";

const kinds = {
  webhook: sendWebhook,
  update: writeNotes,
  page: readPage,
  link: linkByHand,
  number: correctNumber,
  rename: renameContact,
  legacy: writeLegacy,
  prepared: readPrepared,
} as const satisfies Readonly<Record<string, (lane: Lane, world: World) => Promise<void>>>;

export type Kind = keyof typeof kinds;

export const allKinds = Object.keys(kinds) as readonly Kind[];

export interface TrafficOptions {
  /** Opens a client of one connection; it is ended by `stop`. */
  readonly open: () => Sql;
  readonly connections: number;
  /** Requests a second. */
  readonly rate: number;
  readonly kinds: readonly Kind[];
  /** Of `readWorld`; it may be that of an earlier traffic, whose writes are then to stay as well. */
  readonly world: World;
}

export interface Traffic {
  readonly lanes: readonly Lane[];
  /** Every request that was answered until now. */
  readonly sent: readonly Sent[];
  /** Waits for the answers to what was sent, and closes the connections. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** Applications at work: requests of these kinds, mixed at random, at a fixed rate. */
export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const clients = Array.from({ length: options.connections }, options.open);
  const lanes = await Promise.all(clients.map(openLane));
  const { world } = options;
  let stopped: Promise<void> | undefined;
  const loop = runOpenLoop({
    lanes,
    rate: options.rate,
    next: () => world.random.pick(options.kinds),
    send: (lane, kind) => kinds[kind](lane, world),
  });
  return {
    lanes,
    sent: loop.sent,
    stop: () => {
      stopped ??= loop.stop().then(async () => {
        await Promise.all(clients.map((client) => client.end()));
      });
      return stopped;
    },
  };
}
