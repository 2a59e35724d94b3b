import type { ISql } from "postgres";
import type { Logger } from "../http/logger.ts";
import type { CallEvent, Sentiment } from "./call-event.ts";
import { contactNumber } from "./call-values.ts";
import { describeError } from "./describe-error.ts";
import { type Executor, inSavepoint, isTransaction } from "./in-transaction.ts";
import type { Written } from "./record-call.ts";
import { boundedScore, type LeadScore, type ScoreLead } from "./score-lead.ts";
import { callersWords, type Speakers } from "./transcript.ts";

export interface ScoreOptions {
  readonly scoreLead: ScoreLead;
  readonly scoreTimeoutMs: number;
  readonly logger: Logger;
}

interface Words {
  readonly transcript: string;
  readonly sentiment: Sentiment | null;
}

/** The score of a caller; null where there is nobody to score, undefined where the scorer fails: that costs the score at most. */
export async function scoreCaller(
  { scoreLead, scoreTimeoutMs, logger }: ScoreOptions,
  event: CallEvent,
  words: Words,
  speakers: Speakers,
): Promise<LeadScore | null | undefined> {
  const { orgId, providerCallId: vapiCallId } = event;
  if (event.direction !== "inbound" || contactNumber(event) === null) return null;
  try {
    const lead = {
      orgId,
      ...words,
      get callerSaid(): string {
        return callersWords(words.transcript, speakers);
      },
    };
    const score = await boundedScore(scoreLead, lead, scoreTimeoutMs);
    if (score.odd) logger.warn("The lead score was out of range and made to fit", { orgId, vapiCallId });
    return score;
  } catch {
    // What it threw may repeat the transcript.
    logger.warn("The lead scorer failed or took too long; the call is kept without a score", { orgId, vapiCallId });
    return undefined;
  }
}

/**
 * Where an event said more of a call than an earlier one that its contact was scored by, the score becomes that of the richer row. Only
 * where it still is what the earlier words give: a score or tier that somebody set stays.
 */
export async function scoreAgain(
  options: ScoreOptions,
  sql: Executor,
  event: CallEvent,
  written: Written,
  speakers: Speakers,
): Promise<void> {
  const { was, call } = written;
  if (was === null || call.contactId === null) return;
  const { transcript = null, sentiment = null } = event.details ?? {};
  const isChanged = (...columns: readonly string[]): boolean =>
    columns.some((column) => written.changedKeys.includes(column));
  const before: Words = { transcript: was.transcript, sentiment: sentimentOf(was.sentiment) };
  const after: Words = {
    transcript: isChanged("transcript") ? (transcript ?? was.transcript) : was.transcript,
    sentiment: isChanged("sentiment", "sentiment_label") ? sentiment : before.sentiment,
  };
  const isAsSent = after.transcript === transcript && after.sentiment === sentiment;
  const sent = isAsSent ? asScore(event) : undefined;
  const [former, latter] = [
    await scoreCaller(options, event, before, speakers),
    sent ?? (await scoreCaller(options, event, after, speakers)),
  ];
  if (!former || !latter || (former.score === latter.score && former.tier === latter.tier)) return;
  try {
    await replaceScore(sql, event.orgId, call.contactId, former, latter);
  } catch (error) {
    const ids = { orgId: event.orgId, vapiCallId: event.providerCallId };
    options.logger.warn("The score of a richer report could not be written; the call is kept", {
      ...ids,
      ...describeError(error),
    });
  }
}

async function replaceScore(
  sql: Executor,
  orgId: string,
  contactId: string,
  former: LeadScore,
  latter: LeadScore,
): Promise<void> {
  const replace = async (through: ISql): Promise<void> => {
    await through`
      update public.contacts as k set lead_score = ${latter.score}, lead_status = ${latter.tier}
      where k.id = ${contactId} and k.org_id = ${orgId} and k.source = 'inbound-call-auto'
        and k.lead_score = ${former.score} and k.lead_status = ${former.tier}`;
  };
  await (isTransaction(sql) ? inSavepoint(sql, replace) : replace(sql));
}

function asScore({ leadScore, leadStatus }: CallEvent): LeadScore | undefined {
  return typeof leadScore === "number" && leadStatus ? { score: leadScore, tier: leadStatus } : undefined;
}

function sentimentOf(word: string | null): Sentiment | null {
  return word === "positive" || word === "neutral" || word === "negative" ? word : null;
}
