import { SsotError } from "../model/errors.ts";
import type { EventSource } from "./event-source.ts";
import type { ParseEvent, ProviderEvent } from "./provider-event.ts";
import { readToldCall } from "./read-call-input.ts";
import { isObject } from "./read-fields.ts";
import type { Organisation } from "./resolve-organisation.ts";

/** Whose event it is; null: nobody's, which is answered with 404. */
export type ResolveEvent = (event: ProviderEvent) => Organisation | null | Promise<Organisation | null>;

const none: ProviderEvent = { type: "none", payload: null };

/** The requests of any provider, as the host's `parse` reads them. */
export function providerSource(parse: ParseEvent, resolveOrganization: ResolveEvent): EventSource {
  return {
    parse: async (body, headers) => {
      try {
        return (await parse(body, headers)) ?? none;
      } catch (cause) {
        if (cause instanceof SsotError) throw cause;
        throw new SsotError("PAYLOAD_INVALID", "the body: it could not be parsed", { cause });
      }
    },
    typeOf: (payload) => eventOf(payload).type,
    isRecorded: (payload) => (eventOf(payload).call ?? null) !== null,
    wantsAnswer: (payload) => eventOf(payload).wantsAnswer === true,
    read: (payload) => {
      const event = eventOf(payload);
      const call = event.call ?? null;
      const id = call?.providerCallId ?? call?.vapiCallId ?? "";
      const { told, unread } = id === "" ? { told: null, unread: [] } : readToldCall(call);
      return {
        type: event.type,
        isRecorded: call !== null,
        isReport: event.isReport === true,
        told,
        speakers: () => ({ turns: [], callerName: null, assistantName: null, ...event.speakers }),
        unread,
        resolve: () => resolveOrganization(event),
        hooked: (organisation) => ({
          type: event.type,
          message: event,
          raw: event.payload,
          organisation,
          providerCallId: told?.providerCallId ?? null,
        }),
      };
    },
  };
}

function eventOf(payload: unknown): ProviderEvent {
  if (isEvent(payload)) return payload;
  throw new SsotError("PAYLOAD_INVALID", "the event: an object with a type expected");
}

function isEvent(payload: unknown): payload is ProviderEvent {
  return isObject(payload) && typeof payload.type === "string";
}
