import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SsotError } from "../../model/errors.ts";

const attempts = 10;

/**
 * A copy of a PostgreSQL folder below the temporary directory that every user may read and only this one may change;
 * made once for each state of the folder. `finish` is called with the new copy before others can see it.
 * Fails with EMBEDDED when every name for it is taken by somebody else.
 */
export function copyToCache(source: string, finish: (copy: string) => unknown): string {
  const { size, mtimeMs } = statSync(join(source, "bin", process.platform === "win32" ? "postgres.exe" : "postgres"));
  const key = createHash("sha256").update(`${source}\n${size}\n${mtimeMs}`).digest("hex").slice(0, 16);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const cache = join(tmpdir(), `ssot-postgres-${process.getuid?.() ?? "user"}-${key}-${attempt}`);
    if (isOurs(cache)) {
      if (isComplete(source, cache)) return cache;
      rmSync(cache, { recursive: true, force: true });
    }
    const fresh = `${cache}.${randomBytes(6).toString("hex")}`;
    try {
      copyReadable(source, fresh);
      finish(fresh);
      renameSync(fresh, cache);
    } catch (cause) {
      // The name may have been taken meanwhile, by this user's other process or by somebody else.
      if (lstatSync(cache, { throwIfNoEntry: false }) === undefined) {
        throw new SsotError("EMBEDDED", `Could not copy the PostgreSQL programs to ${cache}.`, { cause });
      }
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
    if (isOurs(cache)) return cache;
  }
  throw new SsotError("EMBEDDED", `Others occupy the names for a copy of the PostgreSQL programs in ${tmpdir()}.`, {
    hint: "Set TMPDIR to a directory that only you can write to and everybody can enter.",
  });
}

/** Whether nobody but this user (or root) can have put the folder there or can change it. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return false;
  const uid = process.getuid?.();
  return uid === undefined || (found.uid === uid && (found.mode & 0o022) === 0);
}

/** False when a cleaner of the temporary directory has taken some of the files. */
function isComplete(source: string, copy: string): boolean {
  return listCopied(source).every((name) => {
    const [from, to] = [join(source, name), join(copy, name)];
    const [wanted, found] = [lstatSync(from), lstatSync(to, { throwIfNoEntry: false })];
    if (wanted.isDirectory()) return found !== undefined && isComplete(from, to);
    return found !== undefined && found.size === wanted.size;
  });
}

function copyReadable(source: string, target: string): void {
  mkdirSync(target, { mode: 0o700 });
  for (const name of listCopied(source)) {
    const [from, to] = [join(source, name), join(target, name)];
    const found = lstatSync(from);
    if (found.isSymbolicLink()) {
      symlinkSync(readlinkSync(from), to);
    } else if (found.isDirectory()) {
      copyReadable(from, to);
    } else {
      copyFileSync(from, to);
      chmodSync(to, (found.mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
  chmodSync(target, 0o755);
}

/** Static libraries are left out: of no use to a running server. */
function listCopied(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => !name.endsWith(".a"));
}
