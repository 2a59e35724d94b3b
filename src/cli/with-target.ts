import { resolve } from "node:path";
import type { Target } from "../db/target.ts";
import type { Folders } from "../migrations/load-migrations.ts";
import { SsotError } from "../model/errors.ts";
import { visible } from "../model/visible.ts";
import { embeddedDirectory } from "./global-options.ts";
import { type Invocation, TargetReached } from "./invocation.ts";

/**
 * Finds the database that the command works on, and works on it. `--embedded` starts a server of its own, and stops it
 * when the work has ended, whichever way. Throws CONFIGURATION or EMBEDDED when there is none.
 */
export async function withTarget<T>(invocation: Invocation, work: (target: Target) => Promise<T>): Promise<T> {
  const { io, options, signal, configuration, evidence } = invocation;
  const workOn = (target: Target): Promise<T> => {
    evidence.onTarget(target);
    return work(target);
  };
  // A configuration that cannot be used stops a command before any server is asked or started.
  await configuration();
  if (invocation.untilTarget) throw new TargetReached();
  const { databaseUrl, embedded, quiet } = options;
  if (embedded === undefined) {
    const { resolveTarget } = await import("../db/target.ts");
    return workOn(resolveTarget({ databaseUrl, environment: io.env, directory: io.cwd() }));
  }
  const directory = embedded === true ? embeddedDirectory : embedded;
  const { startEmbeddedServer } = await import("../db/embedded/embedded-server.ts");
  if (!quiet) io.stderr.write(`embedded server in ${visible(directory)}\n`);
  const server = await startEmbeddedServer({ directory: resolve(io.cwd(), directory) });
  try {
    if (signal.aborted) throw new SsotError("INTERRUPTED", "interrupted; nothing was changed");
    const { host, port, user, password } = server;
    return await workOn({ host, port, database: "postgres", user, password, ssl: false, source: "embedded" });
  } finally {
    await server.stop();
  }
}

/** The folders of the migration files. */
export async function storyOf({ io, options, configuration }: Invocation): Promise<Folders> {
  return options.migrations === undefined ? (await configuration()).story : resolve(io.cwd(), options.migrations);
}
