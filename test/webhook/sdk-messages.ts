import type { Vapi } from "@vapi-ai/server-sdk";

export type MessageType = NonNullable<Vapi.ServerMessageMessage["type"]>;

const at = "2026-09-10T10:00:01.104Z";
const vapiOrg = "6b1f0c9e-2d34-4f7a-8c55-91d0a2b3c4d5";
const assistantId = "c0a8012e-4d5f-4e6a-8b7c-9d0e1f2a3b4c";

const customer: Vapi.CreateCustomerDto = { number: "+12025550180", name: "Grace Hopper" };

// As it was when the call was made: what became of it stands in the message.
const call: Vapi.Call = {
  id: "0199a7c2-5b1e-7dd0-9f4a-3c1e8a7b6d20",
  orgId: vapiOrg,
  createdAt: at,
  updatedAt: at,
  type: "inboundPhoneCall",
  status: "ringing",
  phoneNumberId: "3f8e1b52-7a61-4c0d-9b1e-5d2f4a6c8e90",
  assistantId,
  customer,
};

const about = { timestamp: Date.parse(at), call, customer };
const messagesOpenAIFormatted: Vapi.OpenAiMessage[] = [{ role: "user", content: "I'd like to book." }];
const chat: Vapi.Chat = { id: "chat_1", orgId: vapiOrg, createdAt: at, updatedAt: at, assistantId };
const session: Vapi.Session = { id: "session_1", orgId: vapiOrg, createdAt: at, updatedAt: at, status: "active" };
const transcript = { ...about, role: "user", transcriptType: "final", transcript: "I'd like to book." } as const;

/** One message of each type that the SDK knows: a type that is new there, or gone, is an error of the compiler here. */
export const sdkMessages: { readonly [T in MessageType]: Vapi.ServerMessageMessage & { readonly type: T } } = {
  "assistant-request": { ...about, type: "assistant-request" },
  "assistant.speechStarted": { ...about, type: "assistant.speechStarted", text: "Hello.", turn: 1, source: "model" },
  "call.artifact.upload": {
    ...about,
    type: "call.artifact.upload",
    artifacts: [{ type: "recording-mono", success: true }],
  },
  "call.delete.failed": { ...about, type: "call.delete.failed" },
  "call.deleted": { ...about, type: "call.deleted" },
  "call.endpointing.request": { ...about, type: "call.endpointing.request", messagesOpenAIFormatted },
  "campaign.predial": {
    ...about,
    type: "campaign.predial",
    campaignId: "campaign_1",
    contact: { id: "entry_1", campaignId: "campaign_1", orgId: vapiOrg, number: "+12025550180", createdAt: at },
  },
  "chat.created": { ...about, type: "chat.created", chat },
  "chat.deleted": { ...about, type: "chat.deleted", chat },
  "conversation-update": { ...about, type: "conversation-update", messagesOpenAIFormatted },
  "end-of-call-report": {
    ...about,
    type: "end-of-call-report",
    endedReason: "customer-ended-call",
    startedAt: "2026-09-10T10:00:05.212Z",
    endedAt: "2026-09-10T10:02:01.902Z",
    cost: 0.1931,
    costs: [{ type: "transport", provider: "twilio", minutes: 1.94, cost: 0.0165 }],
    analysis: {
      summary: "Caller booked Tuesday.",
      structuredData: { sentiment: "positive" },
      successEvaluation: "true",
    },
    artifact: {
      transcript: "AI: Hello.\nUser: I'd like to book.\n",
      recordingUrl: "https://storage.example/x-mono.wav",
    },
  },
  "handoff-destination-request": { ...about, type: "handoff-destination-request", parameters: { to: "billing" } },
  hang: { ...about, type: "hang" },
  "knowledge-base-request": { ...about, type: "knowledge-base-request", messagesOpenAIFormatted },
  "language-change-detected": { ...about, type: "language-change-detected", language: "es" },
  "model-output": { ...about, type: "model-output", output: { content: "Hello." } },
  "phone-call-control": { ...about, type: "phone-call-control", request: "hang-up" },
  "session.created": { ...about, type: "session.created", session },
  "session.deleted": { ...about, type: "session.deleted", session },
  "session.updated": { ...about, type: "session.updated", session },
  "speech-update": { ...about, type: "speech-update", status: "started", role: "user", turn: 2 },
  "status-update": { ...about, type: "status-update", status: "in-progress" },
  "tool-calls": {
    ...about,
    type: "tool-calls",
    toolCallList: [{ id: "tool_1", type: "function", function: { name: "book", arguments: "{}" } }],
    toolWithToolCallList: [],
  },
  transcript: { ...transcript, type: "transcript" },
  'transcript[transcriptType="final"]': { ...transcript, type: 'transcript[transcriptType="final"]' },
  "transfer-destination-request": { ...about, type: "transfer-destination-request" },
  "transfer-update": { ...about, type: "transfer-update", destination: { type: "number", number: "+12025550181" } },
  "user-interrupted": { ...about, type: "user-interrupted", turnId: "turn_1" },
  "voice-input": { ...about, type: "voice-input", input: "Hello." },
  "voice-request": { ...about, type: "voice-request", text: "Hello.", sampleRate: 24_000 },
};
