import type { ISql } from "postgres";
import type { Logger } from "../http/logger.ts";
import type { CallEvent, Sentiment } from "./call-event.ts";
import type { CallRecorder } from "./call-recorder.ts";
import { contactNumber } from "./call-values.ts";
import { describeError } from "./describe-error.ts";
import { type Executor, inSavepoint, isTransaction } from "./in-transaction.ts";
import type { Written } from "./record-call.ts";
import { boundedScore, type LeadScore, type ScoreLead } from "./score-lead.ts";
import type { StoredWords } from "./stored-words.ts";
import { callersWords, type Speakers } from "./transcript.ts";

export interface ScoreOptions {
  readonly scoreLead: ScoreLead;
  readonly scoreTimeoutMs: number;
  readonly logger: Logger;
}

interface AgainOptions extends ScoreOptions {
  readonly recorder: CallRecorder;
}

interface Words {
  readonly transcript: string;
  readonly sentiment: Sentiment | null;
}

/** The score of a caller; null where there is nobody to score, undefined where the scorer fails: that costs the score at most. */
export async function scoreCaller(
  options: ScoreOptions,
  event: CallEvent,
  words: Words,
  speakers: Speakers,
): Promise<LeadScore | null | undefined> {
  if (event.direction !== "inbound" || contactNumber(event) === null) return null;
  return await scoreOf(options, event, words, speakers);
}

async function scoreOf(
  { scoreLead, scoreTimeoutMs, logger }: ScoreOptions,
  { orgId, providerCallId: vapiCallId }: CallEvent,
  words: Words,
  speakers: Speakers,
): Promise<LeadScore | undefined> {
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
 * Makes the score of a call's contact that of the call's row, whichever of its events said what, in which order, or at the same moment.
 * Only where the contact still has the score of the former words: a score or tier that somebody set stays.
 */
export async function scoreAgain(
  options: AgainOptions,
  sql: Executor,
  event: CallEvent,
  { was, call, changedKeys }: Written,
  speakers: Speakers,
): Promise<void> {
  const { callId, contactId, repeat } = call;
  if (was === null || contactId === null || repeat) return;
  const score = (words: Words): Promise<LeadScore | undefined> => scoreOf(options, event, words, speakers);
  const { sent, given } = sentOf(event);
  const former = wordsOf(was);
  let words = wordsAfter(former, sent, changedKeys);
  const isAsSent = isSame(words, sent);
  const isFirst = given !== undefined && !was.scored;
  // The statement gave the contact the event's score, and the row says the same.
  if (isFirst && isAsSent) return;
  try {
    let has = isFirst ? given : await score(former);
    let due = isAsSent && given !== undefined ? given : await score(words);
    while (has && due && (await replaceScore(sql, event.orgId, contactId, has, due))) {
      // Who changed the words meanwhile found a score that was not yet theirs to replace: it is replaced for them.
      const now = await options.recorder.words(sql, event.orgId, callId);
      if (now === undefined || isSame(wordsOf(now), words)) return;
      words = wordsOf(now);
      [has, due] = [due, await score(words)];
    }
  } catch (error) {
    const ids = { orgId: event.orgId, vapiCallId: event.providerCallId };
    options.logger.warn("The score of a richer report could not be written; the call is kept", {
      ...ids,
      ...describeError(error),
    });
  }
}

/** Whether the contact had the former score, and has the other one now. */
async function replaceScore(
  sql: Executor,
  orgId: string,
  contactId: string,
  former: LeadScore,
  latter: LeadScore,
): Promise<boolean> {
  if (former.score === latter.score && former.tier === latter.tier) return false;
  const replace = async (through: ISql): Promise<boolean> => {
    const { count } = await through`
      update public.contacts as k set lead_score = ${latter.score}, lead_status = ${latter.tier}
      where k.id = ${contactId} and k.org_id = ${orgId} and k.source = 'inbound-call-auto'
        and k.lead_score = ${former.score} and k.lead_status = ${former.tier}`;
    return count > 0;
  };
  return await (isTransaction(sql) ? inSavepoint(sql, replace) : replace(sql));
}

function sentOf({ details, leadScore, leadStatus }: CallEvent): { readonly sent: Words; readonly given?: LeadScore } {
  const sent = { transcript: details?.transcript ?? "", sentiment: details?.sentiment ?? null };
  return typeof leadScore === "number" && leadStatus
    ? { sent, given: { score: leadScore, tier: leadStatus } }
    : { sent };
}

function wordsAfter(former: Words, sent: Words, changedKeys: readonly string[]): Words {
  const isChanged = (...keys: readonly string[]): boolean => keys.some((key) => changedKeys.includes(key));
  return {
    transcript: isChanged("transcript") ? sent.transcript : former.transcript,
    sentiment: isChanged("sentiment", "sentiment_label") ? sent.sentiment : former.sentiment,
  };
}

function wordsOf({ transcript, sentiment }: StoredWords): Words {
  return {
    transcript,
    sentiment: sentiment === "positive" || sentiment === "neutral" || sentiment === "negative" ? sentiment : null,
  };
}

function isSame(one: Words, other: Words): boolean {
  return one.transcript === other.transcript && one.sentiment === other.sentiment;
}
