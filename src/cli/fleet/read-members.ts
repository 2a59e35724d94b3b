import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Entry } from "../../core/fleet/entry.ts";
import { type Member, resolveMembers } from "../../core/fleet/member.ts";
import { readCatalogue } from "../../core/fleet/read-catalogue.ts";
import { readLines } from "../../core/fleet/read-lines.ts";
import { SsotError } from "../../model/errors.ts";
import type { Invocation } from "../invocation.ts";
import type { Io } from "../io.ts";
import type { FleetFlags } from "./fleet-options.ts";

/**
 * The targets that the command line names: of a file, of stdin, or of a query on a catalogue database. Throws USAGE or CONFIGURATION;
 * no target was asked then.
 */
export async function readMembers(invocation: Invocation, { targets, query }: FleetFlags): Promise<readonly Member[]> {
  const { io, options } = invocation;
  if ((targets === undefined) === (query === undefined)) {
    throw new SsotError("USAGE", "a fleet has one list of targets: expected --targets FILE or --query SQL", {
      hint: "A target is a line: NAME URL [replica=URL] [copy=URL].",
    });
  }
  if (options.embedded !== undefined || (query === undefined && options.databaseUrl !== undefined)) {
    const name = options.embedded === undefined ? "--database-url" : "--embedded";
    throw new SsotError("USAGE", `${name} names one database, and a fleet has a list of them`, {
      hint: "Put it into the list, or leave the option out.",
    });
  }
  const surroundings = { environment: io.env, directory: io.cwd() };
  if (query === undefined) {
    const entries = readLines(await readText(io, targets ?? ""), io.env);
    return resolveMembers(entries, { ...surroundings, fromCatalogue: false });
  }
  const { resolveTarget } = await import("../../db/target.ts");
  const catalogue = resolveTarget({ databaseUrl: options.databaseUrl, ...surroundings });
  const entries: readonly Entry[] = await readCatalogue(catalogue, query);
  return resolveMembers(entries, { ...surroundings, fromCatalogue: true });
}

async function readText({ stdin, cwd }: Io, path: string): Promise<string> {
  if (path !== "-") {
    return readFile(resolve(cwd(), path), "utf8").catch((cause: unknown) => {
      throw new SsotError("CONFIGURATION", `the list of targets cannot be read: ${path}`, { cause });
    });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
