import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { Options } from "postgres";
import { SsotError } from "../model/errors.ts";
import { describePlace } from "../model/evidence.ts";
import { readConnectionUrl } from "./connection-url.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import { lookUp, type ParameterName, refuseUnkept, type Said, type Sources } from "./parameters.ts";
import { findPassword, type Login } from "./password-file.ts";

/** A database to connect to. The password is held, never shown: `describeTarget` is what may be printed. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly ssl: Options<Record<string, never>>["ssl"];
  /** The same in libpq's words, for its programs; undefined: as one of the machine's own, unencrypted. */
  readonly tls?: { readonly mode: string; readonly rootCertificate: string | undefined } | undefined;
  /** Settings that the session starts with, as PGOPTIONS has them. */
  readonly options?: string | undefined;
  /** Where the target came from; one from `.env` is easily another one than meant. */
  readonly source: "option" | "environment" | ".env" | "embedded";
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Naming {
  readonly databaseUrl?: string | undefined;
  /** The URL comes from a list that others may write to: no password that is meant for any host goes there. */
  readonly listed?: true;
  readonly environment: Environment;
  readonly directory: string;
}

/**
 * The target by `--database-url`, else DATABASE_URL, else `.env` in the working directory, else the PG* variables; what a URL leaves
 * out is taken from the PG* variables, and a password from the user's password file. All is read as libpq reads it, or refused by
 * name. Throws CONFIGURATION, also where there is no target; the message never repeats the URL.
 */
export function resolveTarget(options: Naming): Target {
  const found = findTarget(options);
  if (found !== undefined) return found;
  throw new SsotError(
    "CONFIGURATION",
    "no database is named: expected --database-url, DATABASE_URL or the PG* variables",
    {
      hint: "To see ssot at work without a database of your own: ssot demo",
    },
  );
}

/** The same, and undefined where nobody names a database. */
export function findTarget(options: Naming): Target | undefined {
  const { environment } = options;
  const fromUrl = (text: string, source: Target["source"], file: Environment = {}): Target =>
    makeTarget({ url: readConnectionUrl(text, source), environment, file }, source, options.listed);
  if (options.databaseUrl !== undefined) return fromUrl(options.databaseUrl, "option");
  if (environment.DATABASE_URL) return fromUrl(environment.DATABASE_URL, "environment");
  const file = readEnvironmentFile(join(options.directory, ".env"));
  if (file.DATABASE_URL) return fromUrl(file.DATABASE_URL, ".env", file);
  if (namesServer(environment)) return makeTarget({ url: {}, environment, file: {} }, "environment");
  return namesServer(file) ? makeTarget({ url: {}, environment, file }, ".env") : undefined;
}

function namesServer({ PGHOST, PGHOSTADDR, PGDATABASE, PGSERVICE }: Environment): boolean {
  return [PGHOST, PGHOSTADDR, PGDATABASE, PGSERVICE].some(Boolean);
}

/** `database on host:port as user`, safe to print. */
export function describeTarget(target: Target): string {
  return describePlace(target);
}

function makeTarget(sources: Sources, source: Target["source"], listed = false): Target {
  refuseUnkept(sources);
  const said = (name: ParameterName): string | undefined => lookUp(sources, name)?.value;
  const host = readHost(said("host") ?? "localhost");
  const port = readPort(said("port") ?? "5432");
  const user = said("user") ?? systemUser();
  const database = said("dbname") ?? user;
  return {
    host,
    port,
    database,
    user,
    password: passwordFor({ host, port, database, user }, sources, listed ? "the catalogue" : source),
    ssl: host.startsWith("/") ? false : sslOptions(host, sslMode(sources), said("sslrootcert")),
    tls: tlsWords(sslMode(sources), said("sslrootcert")),
    options: said("options"),
    source,
  };
}

/** What may have been written by somebody else than the one who runs this. */
type Leader = ".env" | "the catalogue";

/**
 * The password that was given, else the one of the password file. One that was given for something else, or for any host, is not
 * sent to where a `.env` leads, which may have come with a clone, nor to where a table of targets does: whoever wrote it would be
 * told the password.
 */
function passwordFor(login: Login, sources: Sources, source: Target["source"] | Leader): string | undefined {
  const given = lookUp(sources, "password");
  const leader = leaderOf(lookUp(sources, "host"), source);
  if (given?.value) {
    if (leader !== undefined && given.in === "environment") throw notSent("PGPASSWORD of the environment", leader);
    return given.value;
  }
  const kept = findPassword(login, lookUp(sources, "passfile")?.value, sources.environment);
  if (leader !== undefined && kept?.anyHost) throw notSent(`what ${kept.path} has for any host`, leader);
  return kept?.password;
}

function leaderOf(host: Said | undefined, source: Target["source"] | Leader): Leader | undefined {
  const led = host?.in === ".env" || host?.in === "url";
  return led && (source === ".env" || source === "the catalogue") ? source : undefined;
}

function notSent(what: string, leader: Leader): SsotError {
  return new SsotError("CONFIGURATION", `${what} is not sent to the host that ${leader} names`, {
    hint:
      leader === ".env"
        ? "If it is meant for that host, name it yourself (--database-url, DATABASE_URL), or write the password into .env."
        : "If it is meant for that host, write a line for that host into the password file.",
  });
}

function readHost(host: string): string {
  if (host.startsWith("/")) return host;
  if (host.includes(",")) throw severalServers();
  if (/^[^\s/@[\]]+$/.test(host)) return host;
  throw new SsotError("CONFIGURATION", "host is neither a name, an address nor the folder of a socket");
}

function readPort(port: string): number {
  if (port.includes(",")) throw severalServers();
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65_535) return number;
  throw new SsotError("CONFIGURATION", "port is no number from 1 to 65535");
}

function severalServers(): SsotError {
  return new SsotError("CONFIGURATION", "ssot works on one server, and more than one host or port is named", {
    hint: "Name the primary alone.",
  });
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new SsotError("CONFIGURATION", "no user is named, and the system has no name for the one that runs this", {
      hint: "Say it in the URL, or set PGUSER.",
      cause,
    });
  }
}

function sslMode(sources: Sources): string | undefined {
  const mode = lookUp(sources, "sslmode")?.value;
  const asked = sources.environment.PGREQUIRESSL || sources.file.PGREQUIRESSL;
  return mode ?? (asked?.startsWith("1") ? "require" : undefined);
}

// Where nothing is said, ssot does not encrypt; what comes after has to be the same connection.
function tlsWords(mode: string | undefined, rootCertificate: string | undefined): Target["tls"] {
  const only = rootCertificate === "system" ? "verify-full" : "disable";
  return { mode: mode === undefined || mode === "allow" ? only : mode, rootCertificate };
}

// libpq's meaning: `require` with a root certificate verifies like verify-ca; verify-ca leaves the host's name alone.
function sslOptions(host: string, mode: string | undefined, rootCertificate: string | undefined): Target["ssl"] {
  if (mode === undefined && rootCertificate !== undefined) {
    if (rootCertificate === "system") return sslOptions(host, "verify-full", rootCertificate);
    throw new SsotError("CONFIGURATION", "sslrootcert is given without sslmode", {
      hint: "Say sslmode=verify-full, or sslmode=disable where plain text may go.",
    });
  }
  if (mode === undefined || mode === "disable" || mode === "allow") return false;
  if (rootCertificate === "system" && /^(prefer|require|verify-ca)$/.test(mode)) {
    throw new SsotError("CONFIGURATION", `sslrootcert=system goes with sslmode=verify-full, and not with ${mode}`);
  }
  if (mode === "prefer") return "prefer";
  const ca =
    rootCertificate === undefined || rootCertificate === "system" ? undefined : readCertificate(rootCertificate);
  if (mode === "require" && ca === undefined) return "require";
  const trusted = ca === undefined ? {} : { ca };
  if (mode === "verify-full") {
    // The driver names no host when that is an address, and any certificate for "localhost" would do.
    const check = (_: string, certificate: PeerCertificate): Error | undefined =>
      checkServerIdentity(host, certificate);
    return { rejectUnauthorized: true, checkServerIdentity: check, ...trusted };
  }
  if (mode === "require" || mode === "verify-ca") {
    return { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...trusted };
  }
  throw new SsotError(
    "CONFIGURATION",
    `sslmode ${mode} is unknown: expected disable, allow, prefer, require, verify-ca or verify-full`,
  );
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new SsotError("CONFIGURATION", `the file of sslrootcert cannot be read: ${path}`, { cause });
  }
}
