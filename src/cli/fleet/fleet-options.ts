import { type Command, Option } from "commander";
import type { FleetCommand } from "../../core/fleet/report.ts";
import { wholeNumber } from "../parse-number.ts";
import { type ReporterChoice, type ReporterName, readReporter } from "../reporters.ts";

/** What a fleet is told besides its command's own options, as commander reads it. */
export interface FleetFlags {
  readonly targets?: string;
  readonly query?: string;
  readonly parallel: number;
  readonly connectionsPerServer?: number;
  readonly canary?: string;
  readonly stopAfter?: number;
  readonly again?: true;
  readonly onReplica?: true;
  readonly reporter?: readonly ReporterChoice[];
}

/** The forms of a fleet's report. */
const forms: readonly ReporterName[] = ["table", "json", "junit", "markdown"];
const reporterWords = "table, json, junit or markdown, a section a target; repeatable";

/** Options of a command that name one database, or what one database has: of a fleet each target has its own. */
const ofOneTarget: Readonly<Record<string, string>> = {
  "--for": "Each target is what its own copy was made of.",
  "--replica": "A target names its own: replica=URL.",
  "--dashboard-url": "One dashboard is asked by: ssot verify --database-url URL --dashboard-url URL",
  "--token": "One dashboard is asked by: ssot verify --database-url URL --dashboard-url URL",
  "--org": "An organisation is in one database: ssot verify --database-url URL --org UUID",
  "--watch": "One run is watched by: ssot status --watch --database-url URL",
  "--list": "The same for every database: ssot verify --list",
};

/** What else a command is not given for many databases, with the reason. */
export function refusalOf(name: string): string | undefined {
  return ofOneTarget[name];
}

/** Adds the options of a fleet to a command's own, and takes those out of its help that a fleet refuses. */
export function addFleetOptions(command: Command, of: FleetCommand): void {
  for (const option of command.options) {
    if (refusalOf(option.long ?? "") !== undefined) option.hideHelp();
    if (option.long === "--plan")
      option.description = "a folder with a plan for each target, NAME.json: do what it says";
    if (option.long === "--plan-out")
      option.description = "with --dry-run: write NAME.json and NAME.md into this folder";
    if (option.long === "--on") {
      option.makeOptionMandatory(false);
      option.description = "for targets without copy=: embedded, a copy is made for each by pg_dump";
    }
    if (option.long === "--reporter") option.description = reporterWords;
  }
  command
    .option("--targets <file>", "the list: NAME URL [replica=URL] [copy=URL] a line, # before a comment; -: stdin")
    .option("--query <sql>", "or rows of name, url, replica, copy from the database of --database-url")
    .option("--parallel <n>", "how many targets at once", wholeNumber(1, 64), 4)
    .option("--connections-per-server <n>", "how many sessions a server is given at once", wholeNumber(1))
    .option("--canary <name|n>", "this target, or the first n, has to end well, and be green, before the others begin")
    .option("--stop-after <k>", "begin no further target after k failures of a kind that repeats", wholeNumber(1));
  if (of === "migrate") command.option("--again", "also where nothing is pending: links the calls that came since");
  if (of === "verify") command.option("--on-replica", "ask a target's replica, where it has one");
  if (!command.options.some(({ long }) => long === "--reporter")) {
    command.addOption(
      new Option("--reporter <name[=file]>", reporterWords).argParser(
        (text: string, before: readonly ReporterChoice[] = []) => [...before, readReporter(text, forms)],
      ),
    );
  }
}

/** Names of the options that are the fleet's alone. */
export const fleetOnly: ReadonlySet<string> = new Set([
  "--targets",
  "--query",
  "--parallel",
  "--connections-per-server",
  "--canary",
  "--stop-after",
  "--again",
  "--on-replica",
  "--reporter",
]);

export function isForm({ name }: ReporterChoice): boolean {
  return forms.includes(name);
}
