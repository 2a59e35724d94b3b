import type { LeadTier, Sentiment } from "./call-event.ts";
import { callersWords } from "./transcript.ts";
import { within } from "./within.ts";

export interface LeadToScore {
  readonly orgId: string;
  /** The whole transcript, speakers in front of their lines; empty where there is none. */
  readonly transcript: string;
  readonly sentiment: Sentiment | null;
  /** What of it the caller says, as far as the message tells; `scoreLead` finds it out where it is left out. */
  readonly callerSaid?: string;
}

export interface LeadScore {
  /** 0 to 100. */
  readonly score: number;
  readonly tier: LeadTier;
}

export type ScoreLead = (lead: LeadToScore) => LeadScore | Promise<LeadScore>;

const start = 40;
const sentiments = { positive: 20, neutral: 0, negative: -20 } as const;

// Each counts once, however often it is said. English; another language needs a scorer of its own.
const signals: readonly (readonly [number, RegExp])[] = [
  [25, /\b(book|appointment|schedule|reserve|reservation|sign (me )?up)\b/i],
  [15, /\b(price|pricing|cost|quote|estimate|how much|availability|available)\b/i],
  [10, /\b(today|tomorrow|urgent|asap|as soon as possible|right away|emergency)\b/i],
  [-15, /\b(just looking|not sure|maybe later|call back later)\b/i],
  [-40, /\b(wrong number|not interested|stop calling|remove me|unsubscribe|do not call)\b/i],
];

/**
 * The scorer that comes with the library: 40, plus 20 for a positive and minus 20 for a negative sentiment, plus or minus
 * the weights of what the caller says (`signals`), within 0 and 100. From 70 on hot, from 40 on warm.
 */
export function scoreLead({ transcript, sentiment, callerSaid = callersWords(transcript) }: LeadToScore): LeadScore {
  const weights = signals.filter(([, words]) => words.test(callerSaid)).map(([weight]) => weight);
  const sum = weights.reduce(
    (total, weight) => total + weight,
    start + (sentiment === null ? 0 : sentiments[sentiment]),
  );
  const score = Math.min(100, Math.max(0, sum));
  return { score, tier: tierOf(score) };
}

const bySentiment = { positive: 80, neutral: 50, negative: 20 } as const;

/** As the mission document has it: 0 to 100 from the sentiment alone. It gives no figures; these are ours. */
export function scoreBySentiment({ sentiment }: LeadToScore): LeadScore {
  const score = bySentiment[sentiment ?? "neutral"];
  return { score, tier: tierOf(score) };
}

/** What a scorer said, made to fit; `odd` where it did not. Throws what the scorer throws, and after `timeoutMs`. */
export async function boundedScore(
  scorer: ScoreLead,
  lead: LeadToScore,
  timeoutMs: number,
): Promise<LeadScore & { readonly odd: boolean }> {
  const scored = Promise.resolve(lead).then(scorer);
  const told = await within(timeoutMs, scored, () => new Error("the scorer took too long"));
  if (!Number.isFinite(told.score)) throw new Error("the score is no number");
  const score = Math.round(Math.min(100, Math.max(0, told.score)));
  const tier = ["hot", "warm", "cold"].includes(told.tier) ? told.tier : tierOf(score);
  return { score, tier, odd: score !== told.score || tier !== told.tier };
}

function tierOf(score: number): LeadTier {
  if (score >= 70) return "hot";
  return score >= 40 ? "warm" : "cold";
}
