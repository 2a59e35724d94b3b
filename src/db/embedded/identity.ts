import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { delimiter } from "node:path";
import { SsotError } from "../../model/errors.ts";

/** As whom the server's programs run. PostgreSQL refuses to run as root. */
export interface ServerIdentity {
  /** Owner that the data directory must have; undefined when it is whoever creates it. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** Command that the program and its arguments are appended to; empty for none. */
  readonly wrapper: readonly string[];
}

const oneself: ServerIdentity = { owner: undefined, wrapper: [] };
/** In a user namespace of its own root looks like an ordinary user, and still enters what only root enters. */
const namespaced: ServerIdentity = {
  owner: undefined,
  wrapper: ["unshare", "--map-user=1000", "--map-group=1000", "--"],
};
/** The unprivileged "nobody" of most systems. It need not exist as an account. */
const nobody = { uid: 65534, gid: 65534 };

/**
 * Chooses the identity for the server of `directory`, whose data lie in `data` (which need not exist yet; when it does,
 * its owner decides). Fails with EMBEDDED when no identity could use it.
 */
export function chooseIdentity(directory: string, data: string): ServerIdentity {
  const existing = statSync(data, { throwIfNoEntry: false });
  const uid = process.getuid?.();
  if (uid === undefined) return oneself;
  if (uid !== 0) {
    if (existing === undefined || existing.uid === uid) return oneself;
    throw new SsotError(
      "EMBEDDED",
      `The data in ${data} belong to user ${existing.uid}, this process is user ${uid}.`,
      {
        hint: "Use another directory, or run the command as that user.",
      },
    );
  }
  if (existing?.uid !== 0) {
    const dropped: ServerIdentity = { owner: existing ?? nobody, wrapper: [] };
    if (run(dropped, "/bin/sh", ["-c", 'cd "$1"', "sh", directory]).status === 0) return dropped;
  }
  if ((existing === undefined || existing.uid === 0) && run(namespaced, "/bin/sh", ["-c", "exit 0"]).status === 0) {
    return namespaced;
  }
  throw new SsotError(
    "EMBEDDED",
    `PostgreSQL does not run as root, and no other user can enter ${directory}: a folder above it is closed to others.`,
    { hint: "Choose a directory below one that everybody may enter, such as /var/tmp, or run as an ordinary user." },
  );
}

/** How to spawn a program of the server: the variables of its surroundings (secrets, PG*) are kept from it. */
export function spawnPlan(identity: ServerIdentity, program: string, args: readonly string[]) {
  const [command = program, ...rest] = [...identity.wrapper, program, ...args];
  const kept = ["PATH", "SystemRoot", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH"];
  const env: Record<string, string> = { LC_ALL: "C" };
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  env.PATH ??= ["/usr/bin", "/bin"].join(delimiter);
  // Not the caller's working directory: the server's user may not be able to enter that.
  return {
    command,
    args: rest,
    options: { env, cwd: process.platform === "win32" ? undefined : "/", ...owner(identity) },
  };
}

/** Runs a program of the server to its end. Never throws: an `error` or a `status` other than 0 tells of failure. */
export function run(identity: ServerIdentity, program: string, args: readonly string[]) {
  const plan = spawnPlan(identity, program, args);
  return spawnSync(plan.command, plan.args, { ...plan.options, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function owner(identity: ServerIdentity) {
  return identity.owner === undefined ? {} : { uid: identity.owner.uid, gid: identity.owner.gid };
}
