import type {
  VapiAnalysis,
  VapiArtifact,
  VapiAssistant,
  VapiCall,
  VapiCustomer,
  VapiPhoneNumber,
} from "./vapi-message.ts";

/** What every message may have. Fields of another type than these are left out; everything else is as it was sent. */
interface About {
  /** Milliseconds since 1970. */
  readonly timestamp?: number | null | undefined;
  readonly call?: VapiCall | null | undefined;
  readonly customer?: VapiCustomer | null | undefined;
  readonly phoneNumber?: VapiPhoneNumber | null | undefined;
  readonly assistant?: VapiAssistant | null | undefined;
  readonly artifact?: VapiArtifact | null | undefined;
}

type Text = string | null | undefined;

/** What a type of message has of its own. */
export interface VapiMessageFields {
  readonly "end-of-call-report": {
    readonly endedReason?: Text;
    readonly startedAt?: Text;
    readonly endedAt?: Text;
    readonly durationSeconds?: number | null | undefined;
    readonly cost?: number | null | undefined;
    readonly analysis?: VapiAnalysis | null | undefined;
  };
  readonly "status-update": { readonly status?: Text; readonly endedReason?: Text };
  readonly hang: unknown;
  readonly transcript: { readonly role?: Text; readonly transcriptType?: Text; readonly transcript?: Text };
  readonly 'transcript[transcriptType="final"]': VapiMessageFields["transcript"];
  readonly "conversation-update": { readonly messagesOpenAIFormatted?: readonly unknown[] | null | undefined };
  readonly "speech-update": { readonly status?: Text; readonly role?: Text; readonly turn?: number | null | undefined };
  readonly "assistant.speechStarted": { readonly text?: Text; readonly turn?: number | null | undefined };
  readonly "model-output": { readonly output?: unknown };
  readonly "voice-input": { readonly input?: Text };
  readonly "user-interrupted": { readonly turnId?: Text };
  readonly "language-change-detected": { readonly language?: Text };
  readonly "phone-call-control": { readonly request?: Text };
  readonly "transfer-update": { readonly destination?: unknown };
  readonly "call.artifact.upload": { readonly artifacts?: readonly unknown[] | null | undefined };
  readonly "call.deleted": unknown;
  readonly "call.delete.failed": unknown;
  readonly "chat.created": { readonly chat?: unknown };
  readonly "chat.deleted": { readonly chat?: unknown };
  readonly "session.created": { readonly session?: unknown };
  readonly "session.updated": { readonly session?: unknown };
  readonly "session.deleted": { readonly session?: unknown };
}

/** Types of messages that are told and want no answer. */
export type VapiEventType = keyof VapiMessageFields;

/** The message of each type. */
export type VapiMessages = { readonly [T in VapiEventType]: About & VapiMessageFields[T] & { readonly type: T } };

type Kind = "text" | "number" | "moment" | "object" | "list";

/** How the fields of each type are read; what is not here is as it was sent. */
export const fieldKinds: { readonly [T in VapiEventType]?: Readonly<Record<string, Kind>> } = {
  "end-of-call-report": {
    endedReason: "text",
    startedAt: "moment",
    endedAt: "moment",
    durationSeconds: "number",
    cost: "number",
    analysis: "object",
  },
  "status-update": { status: "text", endedReason: "text" },
  transcript: { role: "text", transcriptType: "text", transcript: "text" },
  'transcript[transcriptType="final"]': { role: "text", transcriptType: "text", transcript: "text" },
  "conversation-update": { messagesOpenAIFormatted: "list" },
  "speech-update": { status: "text", role: "text", turn: "number" },
  "assistant.speechStarted": { text: "text", turn: "number" },
  "voice-input": { input: "text" },
  "user-interrupted": { turnId: "text" },
  "language-change-detected": { language: "text" },
  "phone-call-control": { request: "text" },
  "call.artifact.upload": { artifacts: "list" },
};

/** Messages whose answer decides how the call goes on: an empty one would end it. */
export const typesThatWantAnAnswer: ReadonlySet<string> = new Set([
  "assistant-request",
  "tool-calls",
  "function-call",
  "transfer-destination-request",
  "handoff-destination-request",
  "knowledge-base-request",
  "call.endpointing.request",
  "campaign.predial",
  "voice-request",
]);
