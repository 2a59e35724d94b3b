import { resolveTarget, type Target } from "../../db/target.ts";
import { listLines, SsotError } from "../../model/errors.ts";
import { type Entry, refuseAll } from "./entry.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface Reached {
  /** With its password: it is given to the process that works on it, and never shown. */
  readonly url: string;
  readonly target: Target;
}

/** A target of the fleet: how it is called, and how it is reached. */
export interface Member extends Reached {
  readonly name: string;
  readonly replica: Reached | undefined;
  /** What a rehearsal works on; `embedded`: a copy that is made for it. */
  readonly copy: Reached | "embedded" | undefined;
}

export interface Surroundings {
  readonly environment: Environment;
  readonly directory: string;
  /** The list is a table's: whoever writes there would be told what is meant for other hosts. */
  readonly fromCatalogue: boolean;
}

/** Where a target is, as reports say it: no user, no password. */
export function placeOf({ host, port, database }: Target): string {
  const isAddress = host.includes(":") && !host.startsWith("/");
  return `${isAddress ? `[${host}]` : host}:${port}/${database}`;
}

/** The server of a target, for a ceiling of sessions. */
export function serverOf({ host, port }: Target): string {
  return `${host}:${port}`;
}

/** Reads the URLs of all targets. Throws CONFIGURATION with every one that cannot be used, by its name. */
export function resolveMembers(entries: readonly Entry[], surroundings: Surroundings): readonly Member[] {
  const problems: string[] = [];
  const members = entries.flatMap((entry) => {
    try {
      return [resolveMember(entry, surroundings)];
    } catch (error) {
      if (!(error instanceof SsotError)) throw error;
      problems.push(`${entry.name} (${entry.place}): ${error.message}`);
      return [];
    }
  });
  refuseAll(problems);
  refuseToldPasswords(members, entries);
  return members;
}

function resolveMember({ name, url, replica, copy }: Entry, surroundings: Surroundings): Member {
  const reach = (databaseUrl: string): Reached => ({ url: databaseUrl, target: resolve(databaseUrl, surroundings) });
  return {
    name,
    ...reach(url),
    replica: replica === undefined ? undefined : reach(replica),
    copy: copy === undefined || copy === "embedded" ? copy : reach(copy),
  };
}

function resolve(databaseUrl: string, { environment, directory, fromCatalogue }: Surroundings): Target {
  return resolveTarget({ databaseUrl, environment, directory, ...(fromCatalogue ? { listed: true } : {}) });
}

const shortestInName = 6;

/** Every password that the fleet knows. */
export function secretsOf(members: readonly Member[]): readonly string[] {
  const targets = members.flatMap(({ target, replica, copy }) => [
    target,
    ...(replica === undefined ? [] : [replica.target]),
    ...(copy === undefined || copy === "embedded" ? [] : [copy.target]),
  ]);
  return [...new Set(targets.flatMap(({ password }) => (password ? [password] : [])))];
}

// A name is printed everywhere.
function refuseToldPasswords(members: readonly Member[], entries: readonly Entry[]): void {
  const secrets = secretsOf(members);
  const told = entries.filter(({ name }) =>
    secrets.some((secret) => name === secret || (secret.length >= shortestInName && name.includes(secret))),
  );
  // A database, role or tenant may be called as its password in a place of experiments; here nobody can tell.
  if (told.length === 0) return;
  throw new SsotError(
    "CONFIGURATION",
    `names of targets repeat a password, and names are printed:${listLines(told.map(({ place }) => place))}`,
    { hint: "Give these targets other names. Nothing was asked of any database." },
  );
}
