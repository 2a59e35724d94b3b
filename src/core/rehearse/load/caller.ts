import type { Sql } from "postgres";
import { listCalls } from "../../../dashboard/list-calls.ts";
import type { AcknowledgedCall, LoadGround } from "../../../db/queries/rehearsal/load.ts";
import { SsotError } from "../../../model/errors.ts";
import type { CallEvent } from "../../../webhook/call-event.ts";
import { recordCall } from "../../../webhook/record-call.ts";

/** write: a call begins. update: it ends. read: a page of the dashboard. */
export type LoadKind = "write" | "update" | "read";

/** Who calls, and who looks at the calls, one request at a time, by the libraries that an application uses. */
export class Caller {
  readonly #sql: Sql;
  readonly #ground: LoadGround;
  readonly #calls = new Map<string, AcknowledgedCall>();
  #last: CallEvent | undefined;
  #names: "live" | "legacy" = "live";
  #turn = 0;
  #writes = 0;

  constructor(sql: Sql, ground: LoadGround) {
    this.#sql = sql;
    this.#ground = ground;
  }

  /** The calls that it was told are kept, as they were told last. */
  get acknowledged(): readonly AcknowledgedCall[] {
    return [...this.#calls.values()];
  }

  /** How many writes it was told are kept. */
  get writes(): number {
    return this.#writes;
  }

  /** Sends one request; `id` is that of a call that begins. Throws what the library throws. */
  async send(kind: LoadKind, id: string): Promise<void> {
    if (kind === "read") await this.#read();
    else await this.#write(kind === "update" ? this.#last : undefined, id);
  }

  async #write(begun: CallEvent | undefined, id: string): Promise<void> {
    const { orgId, numbers } = this.#ground;
    this.#turn += 1;
    const number = numbers[(this.#turn * 7919) % numbers.length] ?? null;
    const duration = begun === undefined ? null : (this.#turn % 600) + 1;
    const event: CallEvent = begun ?? {
      orgId,
      country: "US",
      vapiCallId: id,
      direction: "inbound",
      number,
      name: null,
      leadScore: null,
      leadStatus: null,
      details: { status: "in-progress", startedAt: new Date() },
    };
    const told = duration === null ? event : { ...event, details: { status: "ended", durationSeconds: duration } };
    const { callId, contactId } = await recordCall(this.#sql, told);
    this.#calls.set(callId, { id: callId, linked: contactId !== null, duration });
    this.#writes += 1;
    this.#last = begun === undefined ? event : undefined;
  }

  // Live names where the view is there, else the old ones.
  async #read(): Promise<void> {
    const { orgId } = this.#ground;
    const read = (): Promise<unknown> => listCalls(this.#sql, { orgId }, { nameResolution: this.#names });
    await read().catch((error: unknown) => {
      if (!(error instanceof SsotError) || error.code !== "CONFIGURATION") throw error;
      this.#names = this.#names === "live" ? "legacy" : "live";
      return read();
    });
  }
}
