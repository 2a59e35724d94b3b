import type { EventSource } from "./event-source.ts";
import { typesThatWantAnAnswer } from "./messages.ts";
import { parseBody } from "./parse-body.ts";
import { readCallMessage, readOtherMessage, readType } from "./payload.ts";
import { readCall, speakersOf, type WebCalls } from "./read-call.ts";
import type { ResolveOrganization } from "./resolve-organisation.ts";

const recordedTypes = ["status-update", "end-of-call-report"];

/** Vapi's server messages. */
export function vapiSource(
  resolveOrganization: ResolveOrganization,
  contactIdKey: string | null,
  webCalls: WebCalls,
): EventSource {
  return {
    parse: parseBody,
    typeOf: readType,
    isRecorded: (payload) => recordedTypes.includes(readType(payload)),
    wantsAnswer: (payload) => typesThatWantAnAnswer.has(readType(payload)),
    read: (payload) => {
      const isRecorded = recordedTypes.includes(readType(payload));
      const { message, unread } = isRecorded ? readCallMessage(payload) : readOtherMessage(payload);
      const told = readCall(message, contactIdKey, webCalls);
      return {
        type: message.type,
        isRecorded,
        isReport: message.type === "end-of-call-report",
        told,
        speakers: () => speakersOf(message),
        unread,
        resolve: () => resolveOrganization({ message }),
        hooked: (organisation) => ({
          type: message.type,
          message,
          raw: typeof payload === "object" && payload !== null && "message" in payload ? payload.message : payload,
          organisation,
          providerCallId: told?.providerCallId ?? null,
        }),
      };
    },
  };
}
