import type { Command } from "commander";
import { visible } from "../model/visible.ts";
import { redact } from "./redact.ts";

// How a report looks, where it goes and who is asked: two reports that differ in these alone say the same. The target tells
// what is meant by a database's URL, and a token is nobody's to read.
const ofProgram: ReadonlySet<string> = new Set([
  "version",
  "databaseUrl",
  "embedded",
  "json",
  "color",
  "quiet",
  "q",
  "verbose",
  "yes",
]);
const ofCommand: ReadonlySet<string> = new Set(["reporter", "list", "planOut", "exitCode", "token"]);

// May hold a password, or a path that is one.
const urls: ReadonlySet<string> = new Set(["dashboardUrl", "notify", "on", "for", "replica"]);

/** What a command was asked for: all of it as data, and what was typed as words. */
export interface ToldOptions {
  readonly options: Readonly<Record<string, unknown>>;
  readonly given: readonly string[];
}

/**
 * The options of a command, those with a default included, as far as they change what its report means. Of a URL the server
 * and the database are told, of a token nothing.
 */
export function toldOptions(command: Command): ToldOptions {
  const told: Record<string, unknown> = {};
  const given: string[] = [];
  for (const [place, argument] of command.registeredArguments.entries()) {
    const values = argument.variadic ? command.args.slice(place) : command.args.slice(place, place + 1);
    if (values.length === 0) continue;
    told[argument.name()] = withoutPasswords(argument.variadic ? values : values[0]);
    given.push(...values.map(redact));
  }
  for (const [owner, without] of [
    [command, ofCommand],
    [programOf(command), ofProgram],
  ] as const) {
    for (const option of owner.options) {
      const name = option.attributeName();
      const value: unknown = owner.getOptionValue(name);
      if (without.has(name) || name in told || value === undefined) continue;
      told[name] = urls.has(name) ? bareUrls(value) : withoutPasswords(value);
      if (owner.getOptionValueSource(name) === "cli") given.push(...wordsOf(option.long ?? name, told[name]));
    }
  }
  return { options: told, given: given.map(visible) };
}

function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}

// Somebody may have typed one where none belongs.
function withoutPasswords(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map(withoutPasswords);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [redact(name), withoutPasswords(each)]));
}

function wordsOf(long: string, value: unknown): readonly string[] {
  if (typeof value === "boolean") return [long];
  if (Array.isArray(value)) {
    const pairs = value.every((each) => Array.isArray(each));
    return value.map((each: unknown) => `${long} ${pairs && Array.isArray(each) ? each.join("=") : textOf(each)}`);
  }
  if (value instanceof Date || typeof value !== "object" || value === null) return [`${long} ${textOf(value)}`];
  return Object.entries(value).map(([key, each]) =>
    [long, each === null ? key : key === "" ? textOf(each) : `${key}=${textOf(each)}`].join(" "),
  );
}

function textOf(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : String(value);
  return /[\s'"]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text;
}

function bareUrls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bareUrls);
  const text = String(value);
  if (!text.includes(":") && !text.includes("=") && !text.includes("@")) return text;
  if (!URL.canParse(text)) return "a URL";
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${protocol.startsWith("postgres") ? pathname : ""}`;
}
