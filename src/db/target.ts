import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { Options } from "postgres";
import { SsotError } from "../model/errors.ts";

/** A database to connect to. The password is held, never shown: `describeTarget` is what may be printed. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly ssl: Options<Record<string, never>>["ssl"];
  /** Settings that the session starts with, as PGOPTIONS has them. */
  readonly options?: string | undefined;
  /** Where the target came from; one from `.env` is easily another one than meant. */
  readonly source: "option" | "environment" | ".env" | "embedded";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The target by `--database-url`, else DATABASE_URL, else `.env` in the working directory, else the PG* variables.
 * Throws CONFIGURATION when there is none, or one that is no PostgreSQL URL; the message never repeats the URL.
 */
export function resolveTarget(options: {
  readonly databaseUrl?: string | undefined;
  readonly environment: Environment;
  readonly directory: string;
}): Target {
  const { environment } = options;
  if (options.databaseUrl !== undefined) return fromUrl(options.databaseUrl, "option", environment);
  if (environment.DATABASE_URL) return fromUrl(environment.DATABASE_URL, "environment", environment);
  const file = readEnvironmentFile(join(options.directory, ".env"));
  if (file.DATABASE_URL) return fromUrl(file.DATABASE_URL, ".env", { ...file, ...environment });
  if (environment.PGHOST || environment.PGDATABASE || environment.PGSERVICE)
    return fromVariables(environment, "environment");
  if (file.PGHOST || file.PGDATABASE) return fromVariables({ ...file, ...environment }, ".env");
  throw new SsotError(
    "CONFIGURATION",
    "no database is named: expected --database-url, DATABASE_URL or the PG* variables",
    {
      hint: "To see ssot at work without a database of your own: ssot demo",
    },
  );
}

/** `database on host:port as user`, safe to print. */
export function describeTarget(target: Target): string {
  return `${target.database} on ${target.host}:${target.port} as ${target.user}`;
}

function fromUrl(text: string, source: Target["source"], environment: Environment): Target {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw badUrl(source, "it is no URL");
  }
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:")
    throw badUrl(source, "it does not begin with postgres://");
  const query = url.searchParams;
  const user = decodeURIComponent(url.username) || environment.PGUSER || userInfo().username;
  const database = decodeURIComponent(url.pathname.slice(1)) || environment.PGDATABASE || user;
  // What stands behind an unescaped slash of a password would be taken for the database, and shown.
  if (/[@/]/.test(database))
    throw badUrl(source, "a slash or an @ in user, password or database must be percent-encoded");
  const host = query.get("host") ?? (decodeURIComponent(url.hostname) || environment.PGHOST || "localhost");
  return {
    host,
    port: Number(query.get("port") ?? (url.port || environment.PGPORT || 5432)),
    database,
    user,
    password: decodeURIComponent(url.password) || environment.PGPASSWORD,
    ssl: sslOptions(
      host,
      query.get("sslmode") ?? environment.PGSSLMODE,
      query.get("sslrootcert") ?? environment.PGSSLROOTCERT,
    ),
    options: query.get("options") ?? environment.PGOPTIONS,
    source,
  };
}

function fromVariables(environment: Environment, source: Target["source"]): Target {
  const user = environment.PGUSER || userInfo().username;
  const host = environment.PGHOST || "localhost";
  return {
    host,
    port: Number(environment.PGPORT || 5432),
    database: environment.PGDATABASE || user,
    user,
    password: environment.PGPASSWORD,
    ssl: sslOptions(host, environment.PGSSLMODE, environment.PGSSLROOTCERT),
    options: environment.PGOPTIONS,
    source,
  };
}

// libpq's meaning: `require` with a root certificate verifies like verify-ca; verify-ca leaves the host's name alone.
function sslOptions(host: string, mode: string | undefined, rootCertificate: string | undefined): Target["ssl"] {
  if (mode === undefined || mode === "disable" || mode === "allow") return false;
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

function readEnvironmentFile(path: string): Environment {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  const entries = text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*=\s*(.*?)\s*$/i.exec(line);
    return match?.[1] === undefined || match[2] === undefined
      ? []
      : [[match[1], match[2].replace(/^(["'])(.*)\1$/, "$2")]];
  });
  return Object.fromEntries(entries);
}

function badUrl(source: string, why: string): SsotError {
  return new SsotError("CONFIGURATION", `the database URL (from ${source}) cannot be used: ${why}`, {
    hint: "Expected postgres://user:password@host:5432/database",
  });
}
