import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { countWriters, type HeldLock, listHeldLocks } from "../../db/queries/rehearsal/measures.ts";

/** A lock, and the longest that one transaction can have held it, in ms. */
export interface LockHold {
  /** Qualified. */
  readonly table: string;
  /** As pg_locks says it. */
  readonly mode: string;
  readonly heldMs: number;
}

interface Hold {
  readonly lock: HeldLock;
  readonly from: number;
  to: number;
  open: boolean;
}

/** How often it looks, in ms. */
const lookEveryMs = 10;
const looksAWriterLook = 10;

/** What is held no longer than this, in ms, can fall between two looks. */
export const unseenMs = 2 * lookEveryMs;

/**
 * Looks every 10 ms at the locks of one session, on a session of its own. A lock counts from the last look without it to the first look
 * without it again: never shorter than it was, and at most two looks longer.
 */
export class LockWatch {
  readonly #sql: Sql;
  readonly #ours: readonly string[];
  #holds = new Map<string, Hold>();
  #lastLook = performance.now();
  #pid: number | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #failure: unknown;
  #writersHere = 0;
  #writersAnywhere = 0;
  #peakMemory = 0;

  /** `ours`: names of sessions that are no strangers. */
  constructor(sql: Sql, ours: readonly string[]) {
    this.#sql = sql;
    this.#ours = ours;
  }

  start(): void {
    this.#running = this.#loop().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Follows a session from now on, and forgets what it saw. */
  follow(pid: number): void {
    this.#pid = pid;
    this.#holds = new Map();
    this.#lastLook = performance.now();
    this.#writersAnywhere = 0;
  }

  /** What the followed session holds right now, as it says itself. */
  see(locks: readonly HeldLock[]): void {
    this.#note(locks, this.#lastLook, performance.now());
  }

  /** The longest hold of each table and mode since `follow`; what is seen still ended at `end`, in ms of performance.now(). */
  take(end: number): readonly LockHold[] {
    const longest = new Map<string, LockHold>();
    for (const { lock, from, to, open } of this.#holds.values()) {
      const heldMs = Math.max(0, (open ? end : to) - from);
      const key = `${lock.table} ${lock.mode}`;
      if (heldMs > (longest.get(key)?.heldMs ?? -1)) longest.set(key, { table: lock.table, mode: lock.mode, heldMs });
    }
    return [...longest.values()];
  }

  /** Whether anybody else wrote on this server since `follow`. */
  get shared(): boolean {
    return this.#writersAnywhere > 0;
  }

  /** Whether anybody else wrote to this database since the start. */
  get disturbed(): boolean {
    return this.#writersHere > 0;
  }

  /** The most memory that this process had, in bytes. */
  get peakMemory(): number {
    return this.#peakMemory;
  }

  /** Ends looking. Throws what made it stop before, if something did: then its figures are none. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #loop(): Promise<void> {
    for (let look = 0; !this.#stopped; look += 1) {
      const began = performance.now();
      const pid = this.#pid;
      if (pid !== undefined) {
        const locks = await listHeldLocks(this.#sql, pid);
        if (pid === this.#pid) this.#note(locks, began, performance.now());
      }
      if (look % looksAWriterLook === 0) {
        const { here, anywhere } = await countWriters(this.#sql, this.#ours);
        this.#writersHere += here;
        this.#writersAnywhere += anywhere;
      }
      this.#peakMemory = Math.max(this.#peakMemory, process.memoryUsage.rss());
      await sleep(lookEveryMs);
    }
  }

  #note(locks: readonly HeldLock[], began: number, ended: number): void {
    const seen = new Set<string>();
    for (const lock of locks) {
      const key = `${lock.transaction} ${lock.table} ${lock.mode}`;
      seen.add(key);
      const known = this.#holds.get(key);
      if (known === undefined) this.#holds.set(key, { lock, from: this.#lastLook, to: ended, open: true });
      else known.to = ended;
    }
    for (const [key, hold] of this.#holds) {
      if (hold.open && !seen.has(key)) {
        hold.to = ended;
        hold.open = false;
      }
    }
    this.#lastLook = began;
  }
}
