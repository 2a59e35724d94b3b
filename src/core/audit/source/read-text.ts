import { readFile, stat } from "node:fs/promises";

const mostBytes = 5 * 1024 * 1024;

/** The text of a file in UTF-8 or UTF-16, with or without its mark; undefined for a binary file and for one over 5 MB. */
export async function readText(path: string): Promise<string | undefined> {
  if ((await stat(path)).size > mostBytes) return undefined;
  const bytes = await readFile(path);
  const encoding = encodingOf(bytes);
  return encoding === undefined ? undefined : new TextDecoder(encoding).decode(bytes);
}

function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 8192);
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd === 0) return "utf-8";
  // Latin letters of UTF-16 have a zero in every other byte, and nowhere else.
  if (odd > head.length / 4 && even === 0) return "utf-16le";
  return even > head.length / 4 && odd === 0 ? "utf-16be" : undefined;
}
