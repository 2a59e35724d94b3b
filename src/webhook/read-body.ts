import { SsotError } from "../model/errors.ts";

/**
 * The whole body, byte by byte, but never more than `most` bytes: what announces more is not read at all, what turns out
 * longer not to its end. Throws BODY_TOO_LARGE, and PAYLOAD_INVALID when the sender hangs up before the end.
 */
export async function readBody(
  stream: AsyncIterable<Uint8Array> | null,
  contentLength: string | null | undefined,
  most: number,
): Promise<Uint8Array> {
  if (Number(contentLength ?? 0) > most) throw tooLarge(most);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream ?? []) {
      size += chunk.byteLength;
      if (size > most) throw tooLarge(most);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof SsotError) throw cause;
    throw new SsotError("PAYLOAD_INVALID", "the body: it ended early", { cause });
  }
  return Buffer.concat(chunks);
}

function tooLarge(most: number): SsotError {
  return new SsotError("BODY_TOO_LARGE", `the body is longer than ${most} bytes`);
}
