import { type Connection, connect } from "./connection.ts";
import type { Target } from "./target.ts";

const againAfterMs = 1_000;

/**
 * A session beside that of a run. Nothing of value lives in it, so where it is lost another one takes its place, at most one attempt a
 * second.
 */
export class SideSession {
  readonly #target: Target;
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #triedAt: number;
  #opened = 1;
  #closed = false;

  private constructor(target: Target, connection: Connection) {
    this.#target = target;
    this.#connection = connection;
    this.#triedAt = performance.now();
  }

  /** Opens it. Throws what `connect` throws: only a session that was there once is replaced. */
  static async open(target: Target): Promise<SideSession> {
    return new SideSession(target, await connect(target));
  }

  /** How many sessions there have been: another one may have been opened for somebody else's work. */
  get opened(): number {
    return this.#opened;
  }

  /** Works with it. Throws what the work throws, and where there is no session at this moment. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#connection ?? (await this.#reopen());
    try {
      return await work(connection);
    } catch (error) {
      if (connection.lost && this.#connection === connection) this.#connection = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => {});
    await this.#connection?.close();
  }

  async #reopen(): Promise<Connection> {
    if (this.#opening !== undefined) return this.#opening;
    const now = performance.now();
    if (this.#closed || now - this.#triedAt < againAfterMs) throw new Error("there is no session to look from");
    this.#triedAt = now;
    this.#opening = connect(this.#target).finally(() => {
      this.#opening = undefined;
    });
    this.#connection = await this.#opening;
    this.#opened += 1;
    return this.#connection;
  }
}
