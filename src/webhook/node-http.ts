import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { BodyStream } from "./read-body.ts";

/**
 * The body as a stream, or undefined where somebody, such as a body parser, has read it already. A platform that parses first keeps it as
 * it was sent in `rawBody`.
 */
export function nodeBody(incoming: IncomingMessage): BodyStream | undefined {
  const kept = "rawBody" in incoming ? incoming.rawBody : undefined;
  if (typeof kept === "string" || kept instanceof Uint8Array) {
    return { chunks: oneChunk(typeof kept === "string" ? Buffer.from(kept) : kept), stop: () => {} };
  }
  if (incoming.readableEnded || incoming.readableDidRead) return undefined;
  // Whoever stops reading has an answer to give first, which closes the connection.
  return { chunks: incoming.iterator({ destroyOnReturn: false }), stop: () => incoming.pause() };
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A web request with the method, address and headers of a node one; without its body. */
export function nodeRequest(incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (let n = 0; n + 1 < incoming.rawHeaders.length; n += 2) {
    headers.append(incoming.rawHeaders[n] ?? "", incoming.rawHeaders[n + 1] ?? "");
  }
  // A request that a serverless platform made up has no raw ones.
  if (incoming.rawHeaders.length === 0) {
    for (const [name, value] of Object.entries(incoming.headers)) {
      for (const one of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, String(one));
    }
  }
  const path =
    "originalUrl" in incoming && typeof incoming.originalUrl === "string" ? incoming.originalUrl : incoming.url;
  const scheme = "encrypted" in (incoming.socket ?? {}) ? "https" : "http";
  return new Request(new URL(path ?? "/", `${scheme}://${headers.get("host") ?? "localhost"}`), {
    method: incoming.method ?? "GET",
    headers,
  });
}

// Closed at once with data unread, the connection would be reset, and the answer with it.
const lingerMs = 500;

/** Writes a web answer to a node response. What of the request's body is unread by then is not read any more. */
export async function sendAnswer(answer: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = { ...Object.fromEntries(answer.headers), "content-length": body.byteLength };
  if (incoming.readableEnded) {
    outgoing.writeHead(answer.status, headers).end(body);
    return;
  }
  outgoing.writeHead(answer.status, { ...headers, connection: "close" }).write(body);
  await sleep(lingerMs, undefined, { ref: false });
  outgoing.end();
}
