import { join } from "node:path";

/** Where the parts of an embedded server lie in its directory. */
export interface ServerLayout {
  readonly directory: string;
  /** PostgreSQL's own data directory. */
  readonly data: string;
  /** The password of the superuser, readable by its owner only. */
  readonly password: string;
  readonly log: string;
  /** One file for each process that uses the server. */
  readonly users: string;
  /** Held while somebody starts or stops the server. */
  readonly mutex: string;
  /** Present when the directory is temporary and may be removed once nobody uses it. */
  readonly ephemeral: string;
}

export function layoutOf(directory: string): ServerLayout {
  return {
    directory,
    data: join(directory, "data"),
    password: join(directory, "password"),
    log: join(directory, "server.log"),
    users: join(directory, "users"),
    mutex: join(directory, "mutex"),
    ephemeral: join(directory, "ephemeral"),
  };
}

/** Whether a file of this name in a server's directory is one of its parts, lasting or passing. */
export function belongsToServer(name: string): boolean {
  return /^(data|password|server\.log|users|mutex(\.break)?|ephemeral|new-[0-9a-f]+(\.pw)?)$/.test(name);
}
