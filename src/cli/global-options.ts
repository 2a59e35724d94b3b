import { type Command, Option } from "commander";

/** What every command takes, before or after its name. */
export interface GlobalOptions {
  readonly databaseUrl?: string;
  /** The folder, or true for the default one. */
  readonly embedded?: string | true;
  readonly json?: true;
  readonly color: boolean;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly yes?: true;
  /** What the team has set; undefined: `ssot.config.json`, where there is one. */
  readonly config?: string;
  /** The only folder of migration files; undefined: what the configuration says. */
  readonly migrations?: string;
}

export const embeddedDirectory = ".ssot/embedded";

/** Adds the global options to the program; each of its commands takes them as well. `ssot deprecate` has a --quiet of its own. */
export function addGlobalOptions(program: Command, args: readonly string[]): void {
  program
    .addOption(new Option("--database-url <url>", "PostgreSQL to work on; else DATABASE_URL, .env, PG* variables"))
    .addOption(
      new Option("--embedded [dir]", `a PostgreSQL of ssot's own, its data in dir (${embeddedDirectory})`).conflicts(
        "databaseUrl",
      ),
    )
    .option("--json", "one JSON document on stdout, nothing else there")
    .option("--no-color", "no colours; so does NO_COLOR")
    .option(args.includes("deprecate") ? "-q" : "-q, --quiet", "no progress; warnings and errors stay")
    .option("-v, --verbose", "show the SQL")
    .option("--yes", "answer every question with yes")
    .option("--config <file>", "what is set for all runs (default: ssot.config.json, if it is there)")
    .addOption(new Option("--migrations <dir>", "the only folder of migration files").hideHelp());
}

/**
 * Keeps `--embedded COMMAND` from taking the command's name for its folder. A folder of such a name is meant by
 * `--embedded=NAME`.
 */
export function completeEmbedded(args: readonly string[], commandNames: readonly string[]): readonly string[] {
  return args.map((arg, place) => {
    const next = args[place + 1];
    const bare = arg === "--embedded" && next !== undefined && commandNames.includes(next);
    return bare ? `--embedded=${embeddedDirectory}` : arg;
  });
}
