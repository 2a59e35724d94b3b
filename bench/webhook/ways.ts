import type { Sql } from "postgres";
import { recordCall } from "../../src/webhook/record-call.ts";
import { createVapiWebhook } from "../../src/webhook/vapi-webhook.ts";
import { cases, type Kind } from "./cases.ts";
import { eventOf, orgIdOf, payloadOf, type SentCall } from "./sample.ts";
import { recordInThree } from "./three-statements.ts";

/** What was acknowledged of one event. */
export interface Told {
  readonly callId: string;
  readonly contactId: string | null;
  readonly contactCreated: boolean;
}

/** What one run of a way gave. */
export interface Measured {
  readonly events: number;
  /** By connection. */
  readonly counts: readonly number[];
  /** Contacts that it says it made; undefined where nobody says. */
  readonly created?: number;
  /** Events a second. */
  readonly rate: number;
  /** Of each event, in ms. */
  readonly latencies: readonly number[];
  /** Processor time an event, in microseconds; null where the system does not tell. */
  readonly client: number | null;
  readonly server: number | null;
}

export type Send = (call: SentCall) => Promise<Told>;

export type WayName = "handle" | "recordCall" | "pgbench" | "three";

export interface Way {
  readonly kind: Kind;
  readonly name: WayName;
  /** Undefined: pgbench sends. */
  readonly send: Send | undefined;
}

/** What is measured together: a case on this machine, repeats, and the first two cases with 1 ms of network. */
export type Group = "known" | "new" | "repeat" | "delay";

export const groups: readonly Group[] = ["known", "new", "repeat", "delay"];

/** The ways of a group. pgbench has no part where the network is slow, the three statements none in repeats. */
export function waysOf(group: Group, pool: Sql, withPgbench: boolean): readonly Way[] {
  const handle = handler(pool);
  const record: Send = (call) => recordCall(pool, eventOf(call));
  const three: Send = (call) => recordInThree(pool, payloadOf(call));
  const kinds: readonly Kind[] =
    group === "delay" ? ["known", "new"] : group === "repeat" ? ["identical", "changing"] : [group];
  return kinds.flatMap((kind): Way[] => [
    { kind, name: "handle", send: handle },
    ...(group === "delay" ? [] : [{ kind, name: "recordCall" as const, send: record }]),
    ...(group === "delay" || !withPgbench ? [] : [{ kind, name: "pgbench" as const, send: undefined }]),
    ...(cases[kind].repeats ? [] : [{ kind, name: "three" as const, send: three }]),
  ]);
}

/** The library's webhook as a host has it; resolving the organisation costs nothing. */
export function handler(pool: Sql): Send {
  const webhook = createVapiWebhook({
    sql: pool,
    resolveOrganization: (payload) => ({ id: payload.message.call?.assistantId ?? orgIdOf(10), country: "US" }),
    authenticate: "none",
    logger: { info: () => {}, warn: console.warn, error: console.error },
  });
  return async (call) => {
    const told = await webhook.handle(payloadOf(call));
    if (!told.handled) throw new Error("the report was not taken for a call");
    return told;
  };
}
