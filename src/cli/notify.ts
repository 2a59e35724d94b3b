import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { VerifyReport } from "../core/verify.ts";
import type { Evidence } from "../model/evidence.ts";
import { verdictOf } from "../report/verify/context.ts";

/** What is told of a verification that came out otherwise than the one before: ids, counts and claims, nothing of a row. */
export interface Notification {
  readonly event: "verify.broken" | "verify.mended";
  readonly at: string;
  readonly tool: string;
  readonly server: string | null;
  /** Which database; no user, who may be a person. */
  readonly target: { readonly host: string; readonly database: string } | null;
  readonly verdict: string;
  readonly counts: VerifyReport["counts"];
  /** When the run before was recorded. */
  readonly since: string;
  /** Checks that make it so; none where it is mended. */
  readonly checks: readonly {
    readonly suite: string;
    readonly id: string;
    readonly title: string;
    readonly status: string;
    readonly population: number;
  }[];
}

/** The notification of a report; undefined: it came out as the recorded run before, or there is none. Pure. */
export function notificationOf(report: VerifyReport, evidence: Evidence): Notification | undefined {
  const { previous, ok, suites, counts } = report;
  if (previous === null || previous.ok === ok) return undefined;
  const { at, tool, server, target } = evidence;
  const worst = counts.fail + counts.error > 0 ? ["fail", "error"] : ["warn"];
  return {
    event: ok ? "verify.mended" : "verify.broken",
    at: at.toISOString(),
    tool,
    server,
    target: target === null ? null : { host: target.host, database: target.database },
    verdict: verdictOf(report),
    counts,
    since: previous.recordedAt.toISOString(),
    checks: ok
      ? []
      : suites.flatMap(({ id: suite, checks }) =>
          checks
            .filter(({ status }) => worst.includes(status))
            .map(({ id, title, status, population }) => ({ suite, id, title, status, population })),
        ),
  };
}

/** `v1=` and the HMAC-SHA-256, in hex, of the seconds, a dot and the body. */
function signatureOf(secret: string, seconds: number, body: string): string {
  return `v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

export interface Delivery {
  readonly url: string;
  readonly secret: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Doubled after each try. */
  readonly firstWaitMs?: number;
}

const mostTries = 4;
const usualWaitMs = 500;
const answerMs = 10_000;

/**
 * Sends it, signed, and again after 5xx, 429 or a network that is away. Gives why it did not arrive; undefined: it did. Follows no
 * redirect: who is told is who was named.
 */
export async function deliver(notification: Notification, delivery: Delivery): Promise<string | undefined> {
  const { url, secret, now, signal, firstWaitMs = usualWaitMs } = delivery;
  const body = JSON.stringify(notification);
  const id = randomUUID();
  for (let tries = 1; ; tries += 1) {
    const seconds = Math.floor(now().getTime() / 1000);
    const headers = {
      "content-type": "application/json",
      "user-agent": `ssot/${notification.tool}`,
      "x-ssot-delivery": id,
      "x-ssot-timestamp": String(seconds),
      "x-ssot-signature": signatureOf(secret, seconds, body),
    };
    const ending = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
    const problem = await fetch(url, { method: "POST", headers, body, redirect: "error", signal: ending }).then(
      (response) => (response.ok ? undefined : response.status),
      () => "no answer",
    );
    if (problem === undefined) return undefined;
    const passes = typeof problem === "string" || problem === 429 || problem >= 500;
    if (!passes || tries === mostTries || signal.aborted) return `${problem} at try ${tries}`;
    await sleep(firstWaitMs * 2 ** (tries - 1), undefined, { signal }).catch(() => {});
  }
}
