import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { EmbeddedCopy, EmbeddedCopyOptions } from "../../src/core/rehearse/copy/options.ts";
import { withEmbeddedCopy } from "../../src/core/rehearse/copy/with-embedded-copy.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { targetOf } from "../support/run-options.ts";

/** Makes a copy with the test's own PATH, and works on it. */
export function copyOf<T>(
  url: string,
  work: (copy: EmbeddedCopy) => Promise<T>,
  changes: Partial<EmbeddedCopyOptions> = {},
): Promise<T> {
  return withEmbeddedCopy(
    {
      target: targetOf(url),
      directory: migrationsDirectory(),
      environment: process.env,
      schemaOnly: false,
      ...changes,
    },
    work,
  );
}

/** Programs of the names of PostgreSQL's in a folder of their own, which note what they are given before they do `then`. */
export interface Shims {
  /** A PATH in which these come first. */
  readonly path: string;
  /** Command lines and environments of every call, as they were. */
  seen(): string;
  remove(): void;
}

/** `then` is what the shell does next; by default it becomes the real program. */
export function makeShims(then: Readonly<Record<string, string>> = {}): Shims {
  const folder = mkdtempSync(join(tmpdir(), "ssot-shims-"));
  const [bin, notes] = [join(folder, "bin"), join(folder, "notes")];
  mkdirSync(bin);
  for (const name of ["pg_dump", "pg_restore"]) {
    const next = then[name] ?? `PATH=\${PATH#*${delimiter}} exec ${name} "$@"`;
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\n{ echo "ran ${name} $*"; echo "sslmode $PGSSLMODE password \${PGPASSWORD:+set}"; } >> ${notes}\n${next}\n`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  return {
    path: `${bin}${delimiter}${process.env.PATH ?? ""}`,
    seen: () => (existsSync(notes) ? readFileSync(notes, "utf8") : ""),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
