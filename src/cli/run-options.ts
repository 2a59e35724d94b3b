import { type Command, InvalidArgumentError, Option } from "commander";
import type { AuditConfiguration } from "../core/configuration.ts";
import type { RunOptions } from "../core/open-run.ts";
import type { Target } from "../db/target.ts";
import { type Excused, readExcused } from "../model/excused.ts";
import type { Invocation } from "./invocation.ts";
import { wholeNumber } from "./parse-number.ts";
import { storyOf } from "./with-target.ts";

/** What is declared here, as commander reads it. A command that does not declare one has the default. */
export interface RunFlags {
  readonly wait?: number;
  readonly lockTimeout?: number;
  readonly lockTries?: number;
  readonly batchSize?: number;
  readonly userTriggers?: "fire";
  readonly trustRole?: readonly string[];
}

export interface ReaderFlags {
  readonly reads?: "require" | "warn";
  readonly allow?: Excused;
}

const usual = { wait: 60, lockTimeout: 1000, lockTries: 30 };

// In the words of the help: a run has locks of its steps, or of one transaction alone.
const ofSteps = { who: "a step", locks: "its lock" };
const ofAll = { who: "it", locks: "its locks" };

/** How long a command waits for another run. */
export function addWait(command: Command): Command {
  return command.option("--wait <seconds>", "how long to wait for another run", wholeNumber(0), usual.wait);
}

/** How patiently a command waits: for another run, and for its locks. */
export function addPatience(command: Command, { who, locks } = ofAll): Command {
  return addWait(command)
    .option("--lock-timeout <ms>", `how long ${who} may wait for ${locks}`, wholeNumber(1), usual.lockTimeout)
    .option("--lock-tries <n>", `how often ${who} tries to get ${locks}`, wholeNumber(1), usual.lockTries);
}

/** How a command that runs migrations works; `further` are options of its own, for their place in the help. */
export function addRunOptions(command: Command, ...further: readonly Option[]): Command {
  addPatience(command, ofSteps).option(
    "--batch-size <n>",
    "rows a transaction (default: as many as take 150 ms)",
    wholeNumber(1),
  );
  for (const option of further) command.addOption(option);
  return command.addOption(userTriggers()).addOption(trustRole());
}

/** What becomes of triggers of others. */
export function userTriggers(): Option {
  return new Option("--user-triggers <what>", "let triggers of others fire on changed rows").choices(["fire"]);
}

/** Whose code may run with our rights. One at a time: a list would swallow what follows it. */
export function trustRole(): Option {
  return new Option("--trust-role <role>", "code of this role may run with yours; repeatable").argParser(
    (role: string, before: readonly string[] = []) => [...before, role],
  );
}

/** What becomes of a contact's number that cannot be read. */
export function onUnfixablePhone(): Option {
  return new Option("--on-unfixable-phone <what>", "a contact's number that cannot be read: stop, or set it aside")
    .choices(["abort", "quarantine"])
    .default("abort");
}

/** What becomes of somebody's view of our name. */
export function replaceView(): Option {
  return new Option("--replace-view", "let a view of our name lose the columns that ours has not");
}

/** Which deprecation is looked at. */
export function column(): Option {
  return new Option("--column <table.column>", "only what was deprecated with this column; names as SQL writes them");
}

/** Whether what nobody observed closes the gate. */
export function reads(): Option {
  return new Option(
    "--reads <what>",
    "require: whole rows and what nobody observed close the gate as well (default: what is configured, else warn)",
  ).choices(["require", "warn"]);
}

/** Whose reads and writes are excused, as `ROLE` or `ROLE=DATE`. */
export function allow(what: string): Option {
  return new Option("--allow <role[=date]>", `${what}, until the end of that day; repeatable`).argParser(
    (text: string, before: Excused = {}) => {
      const excused = readExcused(text);
      if (excused === undefined) throw new InvalidArgumentError("Expected ROLE or ROLE=YYYY-MM-DD.");
      return { ...before, ...excused };
    },
  );
}

/** What a command asks of readers: as it was told, else as it is configured. */
export async function asksOf(
  { configuration, evidence }: Invocation,
  { reads, allow }: ReaderFlags,
): Promise<AuditConfiguration> {
  const { audit } = await configuration();
  const asks = { reads: reads ?? audit.reads, allow: { ...audit.allow, ...allow } };
  evidence.refine(asks);
  return asks;
}

/** What a run is told by its command line. */
export interface ToldOptions extends RunOptions {
  readonly userTriggers: "refuse" | "fire";
  readonly trustRoles: readonly string[];
}

/** Works with the options of a run, and tells on stderr what it is at. */
export async function withRunOptions<Report>(
  invocation: Invocation,
  flags: RunFlags,
  target: Target,
  work: (options: ToldOptions) => Promise<Report>,
): Promise<Report> {
  const directory = await storyOf(invocation);
  const { createProgress } = await import("./progress.ts");
  const { progress, close } = createProgress(invocation);
  return work({
    target,
    directory,
    progress,
    signal: invocation.signal,
    waitSeconds: flags.wait ?? usual.wait,
    lockTimeoutMs: flags.lockTimeout ?? usual.lockTimeout,
    lockTries: flags.lockTries ?? usual.lockTries,
    batchSize: flags.batchSize,
    userTriggers: flags.userTriggers ?? "refuse",
    trustRoles: flags.trustRole ?? [],
  }).finally(close);
}
