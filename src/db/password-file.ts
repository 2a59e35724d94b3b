import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { SsotError } from "../model/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

export interface KeptPassword {
  readonly password: string;
  /** The line is for whatever host there is. */
  readonly anyHost: boolean;
  readonly path: string;
}

/**
 * The password that the user's password file has for a login: the first line that fits, as with libpq. A file that is not there
 * gives none. Throws CONFIGURATION where others may read the one that would be used; libpq passes over it with a warning, and the
 * login fails for no reason that is told.
 */
export function findPassword(
  login: Login,
  file: string | undefined,
  environment: Environment,
): KeptPassword | undefined {
  const path = file ?? defaultFile(environment);
  const text = read(path);
  const lines = text?.split(/\r?\n/) ?? [];
  for (const line of lines) {
    const password = fits(line, login);
    if (password === undefined) continue;
    if (isOpen(path)) {
      throw new SsotError("CONFIGURATION", `the password file may be read by others: ${path}`, {
        hint: `chmod 600 ${path}`,
      });
    }
    return { password, anyHost: line.startsWith("*:"), path };
  }
  return undefined;
}

// host:port:database:user:password, where a colon or backslash inside has a backslash before it.
function fits(line: string, { host, port, database, user }: Login): string | undefined {
  if (line.startsWith("#")) return undefined;
  const fields = line.match(/(?:\\.|[^:\\])+/g) ?? [];
  const wanted = [host.startsWith("/") ? "localhost" : host, String(port), database, user];
  const all = wanted.every((value, place) => fields[place] === "*" || unquoted(fields[place]) === value);
  // The last field goes to the end of the line.
  const password = /^(?:(?:\\.|[^:\\])+:){4}(.+)$/s.exec(line)?.[1];
  return all ? unquoted(password) : undefined;
}

function unquoted(field: string | undefined): string | undefined {
  return field?.replace(/\\(.)/gs, "$1");
}

function read(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}

function isOpen(path: string): boolean {
  return process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0;
}

function defaultFile(environment: Environment): string {
  if (process.platform === "win32") return join(environment.APPDATA ?? "", "postgresql", "pgpass.conf");
  return join(environment.HOME || homeOf(), ".pgpass");
}

// A process in a container may have a user that the system does not know.
function homeOf(): string {
  try {
    return userInfo().homedir;
  } catch {
    return "/";
  }
}
