import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** True lets an event in. `onHandled` is called once the event has been answered with success. */
export type Verdict = boolean | { readonly onHandled: () => void };

/** Looks at the headers, and at the body as it was sent, byte by byte. The request's own body is not to be read. */
export interface Authenticator {
  (request: Request, body: Uint8Array): Verdict | Promise<Verdict>;
  /** It does not need the body, is given an empty one, and asked before anything is read. */
  readonly headersOnly?: boolean;
}

/** The header `X-Vapi-Secret`, as Vapi sends a server's secret. An empty header or secret never passes. */
export function vapiSecret(secret: string): Authenticator {
  return headersOnly((request) => isSame(request.headers.get("x-vapi-secret") ?? "", secret));
}

/** As Vapi's `BearerAuthenticationPlan`: the names and defaults are the same. */
export interface BearerOptions {
  /** `authorization` by default. */
  readonly headerName?: string | undefined;
  /** True by default: the token stands behind `Bearer `. */
  readonly bearerPrefixEnabled?: boolean | undefined;
}

/** A bearer token. An empty header or token never passes. */
export function bearer(token: string, options: BearerOptions = {}): Authenticator {
  const { headerName = "authorization", bearerPrefixEnabled = true } = options;
  return headersOnly((request) => {
    const value = request.headers.get(headerName) ?? "";
    if (!bearerPrefixEnabled) return isSame(value, token);
    return /^bearer +/i.test(value) && isSame(value.replace(/^bearer +/i, ""), token);
  });
}

function headersOnly(ask: (request: Request) => boolean): Authenticator {
  return Object.assign(ask, { headersOnly: true });
}

/** As Vapi's `HmacAuthenticationPlan`: the names and defaults are the same. */
export interface HmacOptions {
  readonly secretKey: string;
  /** sha256 by default. */
  readonly algorithm?: "sha256" | "sha512" | "sha1" | undefined;
  /** `x-signature` by default. */
  readonly signatureHeader?: string | undefined;
  /** `x-timestamp` by default; seconds and milliseconds since 1970 are both read. */
  readonly timestampHeader?: string | undefined;
  /** In front of the signature, such as `sha256=`. */
  readonly signaturePrefix?: string | undefined;
  /** True by default. False: there is no replay window, and whoever saw an event may send it again for ever. */
  readonly includeTimestamp?: boolean | undefined;
  /** `{timestamp}.{body}` by default, `{body}` without timestamp; `{method}`, `{url}` and `{svix-id}` are known too. */
  readonly payloadFormat?: string | undefined;
  /** `svix-id` by default. */
  readonly messageIdHeader?: string | undefined;
  /** hex by default. */
  readonly signatureEncoding?: "hex" | "base64" | undefined;
  readonly secretIsBase64?: boolean | undefined;
  /** How old, or ahead, a timestamp may be, in seconds: 300 by default. */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * A signature over the body and its timestamp. A stale one is refused, and so is one whose event has already been answered
 * with success; one that failed may be sent again. (What was answered is remembered by this process, for the window.)
 */
export function hmac(options: HmacOptions): Authenticator {
  const { algorithm = "sha256", signatureHeader = "x-signature", timestampHeader = "x-timestamp" } = options;
  const { signaturePrefix = "", includeTimestamp = true, messageIdHeader = "svix-id" } = options;
  const { payloadFormat = includeTimestamp ? "{timestamp}.{body}" : "{body}", signatureEncoding = "hex" } = options;
  const { secretIsBase64 = false, toleranceSeconds = 300 } = options;
  const key = Buffer.from(options.secretKey, secretIsBase64 ? "base64" : "utf8");
  const handled = new RecentSignatures(2 * toleranceSeconds * 1000);
  return (request, body) => {
    const sent = request.headers.get(signatureHeader) ?? "";
    const timestamp = request.headers.get(timestampHeader) ?? "";
    if (key.length === 0 || !sent.startsWith(signaturePrefix)) return false;
    if (includeTimestamp && !isRecent(timestamp, toleranceSeconds)) return false;
    const parts: Readonly<Record<string, string | Uint8Array>> = {
      "{body}": body,
      "{timestamp}": timestamp,
      "{method}": request.method,
      "{url}": request.url,
      "{svix-id}": request.headers.get(messageIdHeader) ?? "",
    };
    const signer = createHmac(algorithm, key);
    for (const part of payloadFormat.split(/(\{[a-z-]+\})/)) signer.update(parts[part] ?? part);
    const signature = sent.slice(signaturePrefix.length);
    const told = signatureEncoding === "hex" ? signature.toLowerCase() : signature;
    if (!isSame(told, signer.digest(signatureEncoding))) return false;
    if (!includeTimestamp) return true;
    return handled.has(told) ? false : { onHandled: () => handled.add(told) };
  };
}

/** In constant time, whatever the lengths; nothing is the same as an empty text. */
export function isSame(told: string, expected: string): boolean {
  const [left, right] = [told, expected].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right) && expected !== "";
}

/** Whether a count of seconds or milliseconds since 1970 is of this moment. Milliseconds have thirteen digits until 2286, seconds ten. */
export function isRecent(timestamp: string, toleranceSeconds: number): boolean {
  if (!/^[0-9]{1,16}$/.test(timestamp)) return false;
  const number = Number(timestamp);
  const at = number >= 1e11 ? number : number * 1000;
  return Math.abs(Date.now() - at) <= toleranceSeconds * 1000;
}

/** Signatures whose events were answered with success, as long as they would be taken. */
export class RecentSignatures {
  readonly #until = new Map<string, number>();
  readonly #keptMs: number;

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  has(signature: string): boolean {
    return this.#until.has(signature);
  }

  add(signature: string): void {
    const now = Date.now();
    // In order of time: the oldest are first.
    for (const [old, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(old);
    }
    this.#until.set(signature, now + this.#keptMs);
  }
}
