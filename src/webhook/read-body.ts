import { SsotError } from "../model/errors.ts";

/** A body on its way in. */
export interface BodyStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Lets go of what has not been read. */
  readonly stop: () => void;
}

export interface BodyLimits {
  readonly mostBytes: number;
  /** How long a body may take. */
  readonly mostMs: number;
  readonly budget: BodyBudget;
}

/** Memory for bodies that are read, or worked on, at one time. */
export class BodyBudget {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws BODIES_TOO_MANY. */
  take(bytes: number): void {
    if (this.#taken + bytes > this.#most) {
      throw new SsotError("BODIES_TOO_MANY", "too much is being received at this moment", { hint: "Send it again." });
    }
    this.#taken += bytes;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** The body of a web request. */
export function webBody(request: Request): BodyStream | null {
  const reader = request.body?.getReader();
  if (reader === undefined) return null;
  async function* read(source: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
    for (let part = await source.read(); !part.done; part = await source.read()) yield part.value;
  }
  return { chunks: read(reader), stop: () => void reader.cancel().catch(() => {}) };
}

/**
 * Reads a whole body, byte by byte, but never more than its limits: what announces more is not read at all, what turns out longer or
 * slower not to its end. Then does the work with it, and only then gives its memory back. Throws BODY_TOO_LARGE, BODY_TOO_SLOW,
 * BODIES_TOO_MANY, and PAYLOAD_INVALID when the sender hangs up before the end.
 */
export async function withBody<T>(
  stream: BodyStream | null,
  contentLength: string | null | undefined,
  limits: BodyLimits,
  work: (body: Uint8Array) => Promise<T>,
): Promise<T> {
  if (Number(contentLength ?? 0) > limits.mostBytes) throw tooLarge(limits);
  const taken = { bytes: 0 };
  try {
    return await work(stream === null ? new Uint8Array() : await readAll(stream, limits, taken));
  } finally {
    limits.budget.giveBack(taken.bytes);
  }
}

async function readAll(stream: BodyStream, limits: BodyLimits, taken: { bytes: number }): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new SsotError("BODY_TOO_SLOW", `the body took longer than ${limits.mostMs} ms`);
    timer = setTimeout(() => reject(error), limits.mostMs);
  });
  const source = stream.chunks[Symbol.asyncIterator]();
  try {
    for (let part = await Promise.race([source.next(), late]); !part.done; ) {
      limits.budget.take(part.value.byteLength);
      taken.bytes += part.value.byteLength;
      if (taken.bytes > limits.mostBytes) throw tooLarge(limits);
      chunks.push(part.value);
      part = await Promise.race([source.next(), late]);
    }
  } catch (cause) {
    stream.stop();
    if (cause instanceof SsotError) throw cause;
    throw new SsotError("PAYLOAD_INVALID", "the body: it ended early", { cause });
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}

function tooLarge({ mostBytes }: BodyLimits): SsotError {
  return new SsotError("BODY_TOO_LARGE", `the body is longer than ${mostBytes} bytes`);
}
