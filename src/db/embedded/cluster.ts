import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SsotError } from "../../model/errors.ts";
import type { ServerBinaries } from "./binaries.ts";
import { run, type ServerIdentity } from "./identity.ts";
import type { ServerLayout } from "./layout.ts";

export const superuser = "postgres";

/**
 * Makes the data directory when there is none: UTF-8, locale C.UTF-8 (C where the system lacks it), SCRAM passwords.
 * A half-made one, left by a process that was killed, is thrown away. Returns the superuser's password.
 * Fails with EMBEDDED when initdb fails or when the data belong to another major version.
 */
export function ensureCluster(
  layout: ServerLayout,
  binaries: ServerBinaries,
  identity: ServerIdentity,
  options: { readonly sync: boolean },
): string {
  if (existsSync(layout.data)) {
    checkVersion(layout, binaries);
    return readPassword(layout);
  }
  for (const name of readdirSync(layout.directory)) {
    if (name.startsWith("new-")) rmSync(join(layout.directory, name), { recursive: true, force: true });
  }
  const password = randomBytes(24).toString("base64url");
  writeFileSync(layout.password, password, { mode: 0o600 });
  const fresh = join(layout.directory, `new-${randomBytes(6).toString("hex")}`);
  initialise(fresh, password, binaries, identity, options.sync);
  renameSync(fresh, layout.data);
  return password;
}

function readPassword(layout: ServerLayout): string {
  try {
    return readFileSync(layout.password, "utf8");
  } catch (cause) {
    throw new SsotError("EMBEDDED", `Cannot read the password of the embedded server from ${layout.password}.`, {
      hint: `Run as the user who made it, or remove ${layout.directory} with its data to start anew.`,
      cause,
    });
  }
}

function initialise(
  data: string,
  password: string,
  binaries: ServerBinaries,
  identity: ServerIdentity,
  sync: boolean,
): void {
  const passwordFile = `${data}.pw`;
  try {
    // initdb runs as another user and reads the password itself: that user gets a file of its own for the moment.
    writeFileSync(passwordFile, password, { flag: "wx", mode: 0o600 });
    give(passwordFile, identity);
    const failures = ["C.UTF-8", "C"].map((locale) => () => {
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data, { mode: 0o700 });
      give(data, identity);
      const { status, stderr, error } = run(identity, binaries.initdb, [
        ...["-D", data, `--username=${superuser}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
        ...["--encoding=UTF8", `--locale=${locale}`, "--locale-provider=libc", "--no-instructions"],
        ...(sync ? [] : ["--no-sync"]),
      ]);
      return status === 0 ? undefined : (error?.message ?? stderr.trim());
    });
    let failure: string | undefined;
    for (const attempt of failures) {
      failure = attempt();
      if (failure === undefined) return;
    }
    rmSync(data, { recursive: true, force: true });
    throw new SsotError("EMBEDDED", `initdb could not make the embedded server's data directory: ${failure}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function give(path: string, identity: ServerIdentity): void {
  if (identity.owner !== undefined) chownSync(path, identity.owner.uid, identity.owner.gid);
}

function checkVersion(layout: ServerLayout, binaries: ServerBinaries): void {
  const found = readFileSync(join(layout.data, "PG_VERSION"), "utf8").trim();
  if (found === String(binaries.major)) return;
  throw new SsotError("EMBEDDED", `${layout.data} was made by PostgreSQL ${found}, this is ${binaries.major}.`, {
    hint: "Use another directory, or remove this one with its data.",
  });
}
