import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { type Authenticator, bearer, type HmacOptions, hmac, vapiSecret } from "../../src/webhook/authenticate.ts";

const body = Buffer.from('{"message":{"type":"hang"}}');

function passes(authenticate: Authenticator, headers: Readonly<Record<string, string>>, sent = body): boolean {
  const verdict = authenticate(new Request("http://localhost/hook", { method: "POST", headers }), sent);
  if (verdict instanceof Promise) throw new Error("an answer at once is expected");
  return verdict !== false;
}

function sign(text: string, key: string | Buffer, algorithm = "sha256", encoding: "hex" | "base64" = "hex"): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}

const now = (): string => String(Math.floor(Date.now() / 1000));

test("the secret of a server passes verbatim, and nothing else does", () => {
  const authenticate = vapiSecret("s3cret");
  expect(passes(authenticate, { "x-vapi-secret": "s3cret" })).toBe(true);
  for (const wrong of ["", "s3cre", "s3cretx", "S3CRET"]) {
    expect(passes(authenticate, { "x-vapi-secret": wrong })).toBe(false);
  }
  expect(passes(authenticate, {})).toBe(false);
});

test("an empty secret or token never passes, not even an empty header", () => {
  expect(passes(vapiSecret(""), { "x-vapi-secret": "" })).toBe(false);
  expect(passes(vapiSecret(""), {})).toBe(false);
  expect(passes(bearer(""), { authorization: "Bearer " })).toBe(false);
  expect(passes(bearer("", { bearerPrefixEnabled: false }), { authorization: "" })).toBe(false);
  const t = now();
  expect(passes(hmac({ secretKey: "" }), { "x-timestamp": t, "x-signature": sign(`${t}.${body}`, "") })).toBe(false);
});

test("a bearer token passes with its prefix, or without where that is set, in the header that is set", () => {
  expect(passes(bearer("tok"), { authorization: "Bearer tok" })).toBe(true);
  expect(passes(bearer("tok"), { authorization: "bearer tok" })).toBe(true);
  expect(passes(bearer("tok"), { authorization: "tok" })).toBe(false);
  expect(passes(bearer("tok"), { authorization: "Basic tok" })).toBe(false);
  expect(passes(bearer("tok", { bearerPrefixEnabled: false, headerName: "x-key" }), { "x-key": "tok" })).toBe(true);
});

test("a signature over timestamp and body passes in seconds and milliseconds, and not over another body", () => {
  for (const t of [now(), String(Date.now())]) {
    const headers = { "x-timestamp": t, "x-signature": sign(`${t}.${body}`, "k") };
    expect(passes(hmac({ secretKey: "k" }), headers)).toBe(true);
    expect(passes(hmac({ secretKey: "k" }), headers, Buffer.from(`${body} `))).toBe(false);
    expect(passes(hmac({ secretKey: "K" }), headers)).toBe(false);
  }
});

test("missing, stale and future timestamps, and missing or cut signatures, are refused", () => {
  const headersAt = (t: string): Record<string, string> => ({
    "x-timestamp": t,
    "x-signature": sign(`${t}.${body}`, "k"),
  });
  const seconds = Number(now());
  for (const t of ["", "soon", "-1", String(seconds - 400), String(seconds + 400), String(Date.now() - 400_000)]) {
    expect(passes(hmac({ secretKey: "k" }), headersAt(t))).toBe(false);
  }
  const { "x-signature": signature = "", ...unsigned } = headersAt(now());
  expect(passes(hmac({ secretKey: "k" }), unsigned)).toBe(false);
  expect(passes(hmac({ secretKey: "k" }), { ...unsigned, "x-signature": signature.slice(0, 40) })).toBe(false);
  expect(passes(hmac({ secretKey: "k" }), { "x-signature": signature })).toBe(false);
});

test("a replayed signature is refused once its event was answered, and may come again after a failure", () => {
  const authenticate = hmac({ secretKey: "k" });
  const t = now();
  const request = new Request("http://localhost/", {
    method: "POST",
    headers: { "x-timestamp": t, "x-signature": sign(`${t}.${body}`, "k") },
  });
  const first = authenticate(request, body);
  expect(authenticate(request, body)).not.toBe(false);
  if (typeof first === "object" && "onHandled" in first) first.onHandled();
  expect(authenticate(request, body)).toBe(false);
});

const settings: readonly (readonly [string, HmacOptions, (t: string) => Record<string, string>])[] = [
  [
    "sha512 in base64",
    { secretKey: "k", algorithm: "sha512", signatureEncoding: "base64" },
    (t) => ({ "x-timestamp": t, "x-signature": sign(`${t}.${body}`, "k", "sha512", "base64") }),
  ],
  [
    "a prefix and other headers",
    { secretKey: "k", signaturePrefix: "sha256=", signatureHeader: "x-hub", timestampHeader: "x-at" },
    (t) => ({ "x-at": t, "x-hub": `sha256=${sign(`${t}.${body}`, "k")}` }),
  ],
  ["the body alone", { secretKey: "k", includeTimestamp: false }, () => ({ "x-signature": sign(`${body}`, "k") })],
  [
    "a secret in base64",
    { secretKey: Buffer.from("k").toString("base64"), secretIsBase64: true },
    (t) => ({ "x-timestamp": t, "x-signature": sign(`${t}.${body}`, "k") }),
  ],
  [
    "another format",
    { secretKey: "k", payloadFormat: "{svix-id}.{timestamp}.{method}.{url}.{body}", messageIdHeader: "x-id" },
    (t) => ({ "x-id": "m1", "x-timestamp": t, "x-signature": sign(`m1.${t}.POST.http://localhost/hook.${body}`, "k") }),
  ],
  [
    "upper-case hex",
    { secretKey: "k" },
    (t) => ({ "x-timestamp": t, "x-signature": sign(`${t}.${body}`, "k").toUpperCase() }),
  ],
];

test.each(settings)(
  "a signature passes with %s, and not under the defaults of another key",
  (_, options, headersAt) => {
    expect(passes(hmac(options), headersAt(now()))).toBe(true);
    expect(passes(hmac({ ...options, secretKey: "b3RoZXI=" }), headersAt(now()))).toBe(false);
  },
);
