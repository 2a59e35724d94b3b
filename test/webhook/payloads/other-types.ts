import { PayloadList } from "./payloads.ts";

const list = new PayloadList(213);
const said = [{ role: "user", content: "Is the shop open?" }];

/** Everything that the provider tells of a call and that is not its state. */
const told = {
  "assistant.speechStarted": { text: "Good morning.", turn: 1, source: "model" },
  "call.artifact.upload": { artifacts: [{ type: "recording-mono", success: true }] },
  "call.delete.failed": { reason: "busy" },
  "call.deleted": {},
  "chat.created": { chat: { id: "chat-1" } },
  "chat.deleted": { chat: { id: "chat-1" } },
  "conversation-update": { messages: [], messagesOpenAIFormatted: said },
  hang: {},
  "language-change-detected": { language: "es" },
  "model-output": { output: [{ type: "text" }] },
  "phone-call-control": { request: "hang-up-phone-call" },
  "session.created": { session: { id: "session-1" } },
  "session.deleted": { session: { id: "session-1" } },
  "session.updated": { session: { id: "session-1" } },
  "speech-update": { status: "stopped", role: "assistant", turn: 2 },
  transcript: { role: "user", transcriptType: "partial", transcript: "Is the" },
  'transcript[transcriptType="final"]': { role: "user", transcriptType: "final", transcript: "Is the shop open?" },
  "transfer-update": { destination: { type: "sip", sipUri: "sip:desk@pbx.example" } },
  "user-interrupted": { turnId: "turn-1" },
  "voice-input": { input: "Is the shop open?" },
} as const;

/** Everything that only the host can answer. */
const asked = {
  "assistant-request": {},
  "call.endpointing.request": { messagesOpenAIFormatted: said },
  "campaign.predial": { campaignId: "campaign-1", contact: { number: "+12135550199" } },
  "function-call": { functionCall: { name: "book", parameters: { day: "Friday" } } },
  "handoff-destination-request": { parameters: { to: "billing" } },
  "knowledge-base-request": { messages: said },
  "tool-calls": {
    toolCallList: [{ id: "tool-1", type: "function", function: { name: "book", arguments: "{}" } }],
    toolWithToolCallList: [],
  },
  "transfer-destination-request": {},
  "voice-request": { text: "Good morning.", sampleRate: 24_000 },
} as const;

for (const [type, fields] of Object.entries({ ...told, ...asked }))
  list.aside(`a message ${type}`, { type, ...fields });
list.aside("a message of a type of next year", { type: "call.paused", status: "ended", endedReason: "paused" });
list.aside("a type in other letters", { type: "End-Of-Call-Report", endedReason: "hung up" });
list.aside("an empty type", { type: "" });
list.aside("a type that is a name of every object", { type: "constructor" });
list.aside("details of wrong types", { type: "transcript", call: "x", customer: 7, transcript: {} });

export const otherTypes = list.all;
