import { type CallState, callStates } from "./call-event.ts";

/** Providers whose words for a call's states are known. */
export type Provider = "vapi" | "retell" | "twilio" | "bland" | "telnyx" | "elevenlabs";

/** What each provider calls the states of a call, as its documents list them, and which of `callStates` that is. */
export const providerStates: Readonly<Record<Provider, Readonly<Record<string, CallState>>>> = {
  vapi: {
    scheduled: "scheduled",
    queued: "queued",
    ringing: "ringing",
    "in-progress": "in-progress",
    forwarding: "forwarding",
    ended: "ended",
  },
  retell: {
    registered: "queued",
    ongoing: "in-progress",
    ended: "ended",
    error: "ended",
    not_connected: "ended",
    call_started: "in-progress",
    transfer_started: "forwarding",
    transfer_bridged: "forwarding",
    call_ended: "ended",
    call_analyzed: "ended",
  },
  twilio: {
    queued: "queued",
    initiated: "ringing",
    ringing: "ringing",
    "in-progress": "in-progress",
    completed: "ended",
    busy: "ended",
    failed: "ended",
    "no-answer": "ended",
    canceled: "ended",
  },
  bland: {
    new: "queued",
    pre_queue: "queued",
    pending: "queued",
    queued: "queued",
    allocated: "queued",
    started: "in-progress",
    complete: "ended",
    completed: "ended",
    complete_error: "ended",
    call_error: "ended",
    failed: "ended",
    busy: "ended",
    "no-answer": "ended",
    canceled: "ended",
  },
  telnyx: {
    "call.initiated": "ringing",
    parked: "ringing",
    "call.answered": "in-progress",
    answered: "in-progress",
    active: "in-progress",
    bridging: "forwarding",
    bridged: "forwarding",
    "call.bridged": "forwarding",
    "call.hangup": "ended",
    hangup: "ended",
  },
  elevenlabs: {
    initiated: "ringing",
    "in-progress": "in-progress",
    processing: "ended",
    done: "ended",
    failed: "ended",
    post_call_transcription: "ended",
    post_call_audio: "ended",
    call_initiation_failure: "ended",
  },
};

const known: ReadonlyMap<string, CallState> = new Map(
  Object.values(providerStates).flatMap((words) =>
    Object.entries(words).map(([word, state]): [string, CallState] => [bare(word), state]),
  ),
);

/** Which of `callStates` a provider's word is, in whatever spelling; null for a word that no provider is known to use. */
export function stateOf(word: string): CallState | null {
  return callStates.find((state) => state === word) ?? known.get(bare(word)) ?? null;
}

/** A word that says how a call ended, and not only that it did. */
export function isEndedReason(word: string): boolean {
  return stateOf(word) === "ended" && !plainEnds.has(bare(word));
}

// As `not_connected`, `Not connected` and `call.not-connected` are one word.
function bare(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, "-")
    .replace(/^call[.-]/, "");
}

const plainEnds: ReadonlySet<string> = new Set([
  "ended",
  "completed",
  "complete",
  "analyzed",
  "hangup",
  "processing",
  "done",
  "post-call-transcription",
  "post-call-audio",
]);
