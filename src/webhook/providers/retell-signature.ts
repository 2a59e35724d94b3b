import { createHmac } from "node:crypto";
import { type Authenticator, isRecent, isSame, RecentSignatures } from "../authenticate.ts";

export interface RetellSignatureOptions {
  /** The API key that Retell signs webhooks with: the one with the webhook badge. */
  readonly apiKey: string;
  /** How old, or ahead, a signature may be, in seconds: 300 by default. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * The header `X-Retell-Signature`: `v={milliseconds},d={hex}`, HMAC-SHA256 of the body followed by the milliseconds. A stale one is refused,
 * and one whose event this process has answered with success. An empty key or header never passes.
 */
export function retellSignature({ apiKey, toleranceSeconds = 300 }: RetellSignatureOptions): Authenticator {
  const handled = new RecentSignatures(2 * toleranceSeconds * 1000);
  return (request, body) => {
    const [, timestamp = "", digest = ""] =
      /^v=(\d{10,16}),d=([0-9a-f]{64})$/i.exec(request.headers.get("x-retell-signature")?.trim() ?? "") ?? [];
    const told = digest.toLowerCase();
    if (apiKey === "" || !isRecent(timestamp, toleranceSeconds)) return false;
    if (!isSame(told, signRetell(apiKey, body, timestamp))) return false;
    return handled.has(told) ? false : { onHandled: () => handled.add(told) };
  };
}

/** The signature itself, in hex. */
export function signRetell(apiKey: string, body: Uint8Array, timestamp: string): string {
  return createHmac("sha256", apiKey).update(body).update(timestamp).digest("hex");
}
