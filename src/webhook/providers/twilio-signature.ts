import { createHash, createHmac } from "node:crypto";
import { type Authenticator, isSame } from "../authenticate.ts";

export interface TwilioSignatureOptions {
  readonly authToken: string;
  /**
   * The address that Twilio calls. `https://calls.example.com`: scheme, name and port, with path and query of the request; a whole address; or
   * a function of the request. By default the request's own, which behind a proxy is another one.
   */
  readonly url?: string | ((request: Request) => string) | undefined;
  /** The secret of a shared key, where a rule for webhooks signs with one. */
  readonly sharedKeySecret?: string | undefined;
}

/**
 * The header `X-Twilio-Signature`: base64, HMAC-SHA1 of the address followed by the form's fields, by name; of the address alone where it says
 * what the body's SHA-256 is. With a shared key its algorithm is SHA-256. Twilio signs no time: whoever saw an event may send it again. An
 * empty token or header never passes.
 */
export function twilioSignature({ authToken, url, sharedKeySecret = "" }: TwilioSignatureOptions): Authenticator {
  return (request, body) => {
    const told = request.headers.get("x-twilio-signature") ?? "";
    const settings = request.headers.get("x-twilio-webhooks-signature-settings");
    const algorithm = settings === null ? "sha1" : "sha256";
    if (settings !== null && !/(^|,)\s*algorithm=HMAC_SHA256\s*(,|$)/i.test(settings)) return false;
    const key = settings === null ? authToken : sharedKeySecret;
    if (key === "" || told === "") return false;
    const address = addressOf(request, url);
    const hash = new URL(address).searchParams.get("bodySHA256");
    if (hash !== null && !isSame(hash.toLowerCase(), createHash("sha256").update(body).digest("hex"))) return false;
    const fields = hash === null ? body : new Uint8Array();
    // Some of Twilio's products sign the usual port, too.
    const signed = withAndWithoutPort(address).map((one) => isSame(told, signTwilio(key, one, fields, algorithm)));
    return signed.includes(true);
  };
}

/** The signature of a form that is posted to an address, in base64. */
export function signTwilio(key: string, url: string, form: Uint8Array, algorithm: "sha1" | "sha256" = "sha1"): string {
  const fields = new URLSearchParams(new TextDecoder().decode(form));
  const names = [...new Set(fields.keys())].sort();
  // A field that is there twice with one value is signed once.
  const text = names.flatMap((name) => [...new Set(fields.getAll(name))].sort().map((value) => name + value));
  return createHmac(algorithm, key)
    .update(url + text.join(""))
    .digest("base64");
}

function addressOf(request: Request, url: TwilioSignatureOptions["url"]): string {
  if (url === undefined) return request.url;
  if (typeof url === "function") return url(request);
  const [asked, called] = [new URL(request.url), new URL(url)];
  const isOrigin = called.pathname === "/" && called.search === "";
  return isOrigin ? `${url.replace(/\/$/, "")}${asked.pathname}${asked.search}` : url;
}

function withAndWithoutPort(address: string): readonly string[] {
  const [, origin = "", port = "", rest = ""] = /^(https?:\/\/[^/?#:]+)(:\d+)?(.*)$/i.exec(address) ?? [];
  if (origin === "") return [address];
  const usual = /^https/i.test(origin) ? ":443" : ":80";
  return [address, `${origin}${rest}`, `${origin}${port === "" ? usual : port}${rest}`];
}
