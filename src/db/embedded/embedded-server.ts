import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { SsotError } from "../../model/errors.ts";
import { prepareBinaries } from "./binaries.ts";
import { ensureCluster, superuser } from "./cluster.ts";
import { chooseIdentity } from "./identity.ts";
import { belongsToServer, layoutOf, type ServerLayout } from "./layout.ts";
import { holdLease, type Lease } from "./lease.ts";
import { withMutex } from "./mutex.ts";
import { host } from "./probe.ts";
import { removeDirectory } from "./remove-directory.ts";
import { adoptServer, launchServer } from "./server-process.ts";
import { hasRoomInMemory, removeLeftovers } from "./temporary-directory.ts";
import { countUsers, registerUser } from "./users.ts";

export { temporaryServerDirectory } from "./temporary-directory.ts";

/** A PostgreSQL of our own that accepts connections on the loopback address. */
export interface EmbeddedServer {
  readonly host: string;
  readonly port: number;
  /** A superuser. */
  readonly user: string;
  readonly password: string;
  /** PostgreSQL's data directory, below the directory asked for. */
  readonly dataDirectory: string;
  /** As PostgreSQL gives it, such as "17.10". */
  readonly version: string;
  /** Ends this use of the server; the last user stops it. Calling it again does nothing. Fails with EMBEDDED. */
  stop(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** Home of the server: data, password, log. Made when missing; must be empty or an embedded server's. */
  readonly directory: string;
  /** A PostgreSQL with bin/, lib/ and share/; by default the one of the npm package for this platform. */
  readonly binaries?: string;
  /** Server settings for a fresh start; a server that already runs keeps its own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Nothing is kept: no syncing to disk, and the last user removes the directory. */
  readonly ephemeral?: boolean;
}

/**
 * Starts the embedded server of a directory, or joins the one that already runs there: started by another process, or
 * left behind by a killed one. Works as root (the server then runs as an unprivileged user) and as any other user.
 * A process that exits without stop() ends its use all the same. Fails with EMBEDDED.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const ephemeral = options.ephemeral ?? false;
  const layout = openDirectory(options.directory);
  return await withMutex(layout.mutex, async () => {
    checkKind(layout, ephemeral);
    let lease: Lease | undefined;
    try {
      const identity = chooseIdentity(layout.directory, layout.data);
      const binaries = prepareBinaries(identity, options.binaries);
      lease = holdLease(layout, { entry: registerUser(layout.users), pgCtl: binaries.pgCtl, ephemeral });
      if (ephemeral) {
        writeFileSync(layout.ephemeral, "", { mode: 0o600 });
        await removeLeftovers(layout.directory, binaries.pgCtl);
      }
      const password = ensureCluster(layout, binaries, identity, { sync: !ephemeral });
      const settings = { ...defaults(ephemeral), ...options.settings };
      const { port, version } =
        (await adoptServer(layout, password)) ??
        (await launchServer(layout, binaries, identity, { password, settings }));
      return { host, port, user: superuser, password, dataDirectory: layout.data, version, stop: lease.release };
    } catch (error) {
      if (lease !== undefined) lease.abandon();
      else if (ephemeral && countUsers(layout.users) === 0) removeDirectory(layout);
      throw error;
    }
  });
}

function defaults(ephemeral: boolean): Readonly<Record<string, string>> {
  // A killed server must leave nothing behind in the system's shared memory, and a small one must not stop a big query.
  const inFiles = ephemeral || (process.platform === "linux" && !hasRoomInMemory());
  return {
    ...(inFiles && process.platform !== "win32" ? { dynamic_shared_memory_type: "mmap" } : {}),
    ...(ephemeral ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {}),
  };
}

/** Makes the directory when it is missing, and refuses one that holds anything but an embedded server. */
function openDirectory(directory: string): ServerLayout {
  try {
    const first = mkdirSync(directory, { recursive: true });
    if (first !== undefined) openToOthers(resolve(directory), resolve(first));
    const layout = layoutOf(realpathSync(directory));
    const strange = readdirSync(layout.directory).find((name) => !belongsToServer(name));
    if (strange === undefined) return layout;
    throw new SsotError("EMBEDDED", `${layout.directory} holds no embedded server but other files: ${strange}`, {
      hint: "Choose a new or empty directory.",
    });
  } catch (cause) {
    if (cause instanceof SsotError) throw cause;
    throw new SsotError("EMBEDDED", `Cannot use the directory ${directory} for an embedded server.`, {
      hint: "It must be a directory that this user may write to.",
      cause,
    });
  }
}

/** The server may run as another user: that one has to pass through the folders made for it, not to list them. */
function openToOthers(folder: string, topmost: string): void {
  chmodSync(folder, 0o711);
  if (folder !== topmost && folder !== dirname(folder)) openToOthers(dirname(folder), topmost);
}

/** An ephemeral start must never take, and later remove, data that somebody means to keep. */
function checkKind(layout: ServerLayout, ephemeral: boolean): void {
  if (!existsSync(layout.data) || existsSync(layout.ephemeral) === ephemeral) return;
  throw new SsotError("EMBEDDED", `${layout.directory} holds ${ephemeral ? "a lasting" : "an ephemeral"} server.`, {
    hint: "Choose another directory.",
  });
}
