import { callOf, endedAt, PayloadList, smallTalk, startedAt } from "./payloads.ts";

const list = new PayloadList(201);
const at = (moment: string): string => moment.replace("Z", "+00:00");

list.report("an ordinary end", {});
list.report(
  "everything that a report may say",
  {
    cost: 0.1931,
    costs: [{ type: "transport", provider: "twilio", minutes: 1.94, cost: 0.0165 }],
    costBreakdown: { total: 0.1931 },
    durationMs: 116_690,
    durationMinutes: 1.9448,
    phoneNumber: { provider: "twilio", id: "pn-north", number: "+12025550100" },
    analysis: { summary: "Wants a table.", structuredData: { sentiment: "positive" }, successEvaluation: "true" },
    artifact: {
      transcript: "AI: Good morning.\nUser: I would like to book for tomorrow.\n",
      messages: [{ role: "bot", message: "Good morning.", time: 1757498406000, secondsFromStart: 0.8 }],
      recordingUrl: "https://files.example/whole.wav",
      stereoRecordingUrl: "https://files.example/stereo.wav",
    },
  },
  {
    row: {
      cost: 0.1931,
      to_number: "+12025550100",
      outcome_summary: "Wants a table.",
      sentiment: "positive",
      sentiment_label: "positive",
      transcript: "AI: Good morning.\nUser: I would like to book for tomorrow.",
      recording_url: "https://files.example/whole.wav",
    },
    // 40, and 20 for the sentiment, 25 for booking, 10 for haste.
    contact: { lead_score: 95, lead_status: "hot" },
  },
);

for (const reason of [
  "assistant-ended-call",
  "silence-timed-out",
  "exceeded-max-duration",
  "assistant-forwarded-call",
  "call.in-progress.error-vapifault-worker-died",
  "pipeline-error-openai-llm-failed",
  "a reason of next year",
]) {
  list.report(`an end by ${reason}`, { endedReason: reason }, { row: { ended_reason: reason } });
}
list.report("an end without a reason", { endedReason: null }, { row: { ended_reason: null } });

for (const [cost, stored] of [
  [0, 0],
  [12.5, 12.5],
  [0.00004, 0],
  [null, null],
]) {
  list.report(`a cost of ${cost}`, { cost }, { row: { cost: stored } });
}
list.report("items of cost without their sum", { costs: [{ type: "voice", cost: 0.02 }] });

// Times.
list.report(
  "no beginning",
  { startedAt: null, durationSeconds: 12.6 },
  { row: { start_time: null, duration_seconds: 13 } },
);
list.report("no end", { endedAt: null, durationSeconds: 9 }, { row: { end_time: null, duration_seconds: 9 } });
list.report(
  "an end before the beginning",
  { startedAt: endedAt, endedAt: startedAt, durationSeconds: 30 },
  { row: { start_time: at(endedAt), end_time: at(startedAt), duration_seconds: 30 } },
);
list.report("a call of no length", { endedAt: startedAt }, { row: { end_time: at(startedAt), duration_seconds: 0 } });
const untimed = list.subject();
list.report(
  "a call that does not say when it was made",
  { call: callOf(untimed, { createdAt: null }) },
  { row: { created_at: at(startedAt) } },
  untimed,
);
const stale = list.subject();
list.report(
  "a call that still has the state of its beginning",
  { call: callOf(stale, { status: "queued", endedReason: "unknown", cost: 99, endedAt: null, transcript: "No." }) },
  {},
  stale,
);

// Words.
list.report(
  "no artifact and no analysis",
  { artifact: null, analysis: null },
  { row: { transcript: null }, contact: {} },
);
list.report("an empty artifact", { artifact: {} }, { row: { transcript: null } });
list.report("a blank transcript", { artifact: { transcript: "  \n" } }, { row: { transcript: null } });
list.report(
  "a recording in the newer place",
  { artifact: { transcript: smallTalk, recording: { mono: { combinedUrl: "https://files.example/mono.wav" } } } },
  { row: { recording_url: "https://files.example/mono.wav" } },
);
list.report("a recording in stereo only", {
  artifact: { transcript: smallTalk, recording: { stereoUrl: "https://files.example/two.wav" } },
});
list.report(
  "words of every script",
  { artifact: { transcript: "AI: صباح الخير\nUser: おはよう 😀" }, analysis: { summary: "Приветствие" } },
  { row: { transcript: "AI: صباح الخير\nUser: おはよう 😀", outcome_summary: "Приветствие" } },
);

// What the owner's schemas say.
for (const [about, said, sentiment, score, tier] of [
  ["a neutral sentiment", { analysis: { structuredData: { sentiment: "Neutral" } } }, "neutral", 40, "warm"],
  ["a negative sentiment", { analysis: { structuredData: { sentiment: " negative " } } }, "negative", 20, "cold"],
  ["a sentiment of another word", { analysis: { structuredData: { sentiment: "cheerful" } } }, null, 40, "warm"],
  ["structured data that are a list", { analysis: { structuredData: ["positive"] } }, null, 40, "warm"],
  ["structured data that are a text", { analysis: { structuredData: "positive" } }, null, 40, "warm"],
  [
    "a structured output named after it",
    { artifact: { transcript: smallTalk, structuredOutputs: { "7c1": { name: "Sentiment", result: "positive" } } } },
    "positive",
    60,
    "warm",
  ],
  [
    "a structured output that has it inside",
    {
      artifact: { transcript: smallTalk, structuredOutputs: { a: { name: "Log", result: { sentiment: "negative" } } } },
    },
    "negative",
    20,
    "cold",
  ],
  [
    "structured outputs of other things",
    { artifact: { transcript: smallTalk, structuredOutputs: { a: { name: "Pleased", result: true }, b: null } } },
    null,
    40,
    "warm",
  ],
  [
    "structured outputs as a list",
    { artifact: { transcript: smallTalk, structuredOutputs: [{ name: "sentiment", result: "neutral" }] } },
    "neutral",
    40,
    "warm",
  ],
] as const) {
  list.report(about, said, {
    row: { sentiment, sentiment_label: sentiment },
    contact: { lead_score: score, lead_status: tier },
  });
}

// What the assistant says makes nobody a lead.
for (const [about, transcript, score, tier] of [
  ["an assistant that offers an appointment", "AI: Shall I book an appointment today?\nUser: No.", 40, "warm"],
  ["a caller who asks for the price", "Assistant: Yes?\nCustomer: What is the price?", 55, "warm"],
  ["a caller who wants to be left alone", "AI: Yes?\nUser: Stop calling me.", 0, "cold"],
] as const) {
  const contact = { lead_score: score, lead_status: tier };
  list.report(about, { artifact: { transcript } }, { row: { transcript }, contact });
}

export const reports = list.all;
