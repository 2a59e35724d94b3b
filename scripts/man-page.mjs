// Writes man/ssot.1, the manual page, from the commands of the build; `--print` shows it instead. Needs a build.
import { writeFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { allCommands, describeCommand } from "../dist/src/cli/completion/grammar.js";
import { keepEvidence } from "../dist/src/cli/evidence.js";
import { createProgram } from "../dist/src/cli/program.js";

const text = await renderPage();
if (process.argv.includes("--print")) process.stdout.write(text);
else writeFileSync(new URL("../man/ssot.1", import.meta.url), text);

async function renderPage() {
  const shown = new PassThrough();
  const io = { stdin: shown, stdout: shown, stderr: shown, env: {}, cwd: () => "/", on() {}, off() {}, exit() {} };
  const signal = new AbortController().signal;
  const program = await createProgram({ args: [], io, signal, evidence: keepEvidence(), onFinish() {} });
  const grammar = await describeCommand(program);
  const commands = allCommands(grammar).filter(({ path }) => path.length > 1 && path.at(-1) !== "help");
  return `${[
    '.\\" Made by scripts/man-page.mjs from the commands; not to be edited.',
    // No version and no date: the page changes with the commands alone.
    '.TH SSOT 1 "" "ssot" "User Commands"',
    ".SH NAME",
    "ssot \\- retires columns of a PostgreSQL database without losing a value",
    ".SH SYNOPSIS",
    `.B ssot\n${plain(grammar.usage.replace(/^ssot /, ""))}`,
    ".SH DESCRIPTION",
    plain(grammar.description),
    ".SH OPTIONS",
    "They may stand before or behind a command's name, and every command takes them.",
    ...grammar.own.map(renderOption),
    ".SH COMMANDS",
    ...commands.flatMap((command) => renderCommand(command, commands)),
    ".SH EXIT STATUS",
    ...exitCodes(helpOf(program)),
    ".SH ENVIRONMENT",
    `.TP\n.B DATABASE_URL\nThe database, where ${option("--database-url")} names none; else it is read from the file .env of the working directory.`,
    `.TP\n.B PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGPASSFILE, PGSSLMODE, PGSSLROOTCERT\nAs libpq reads them, where neither names a database.`,
    `.TP\n.B NO_COLOR, FORCE_COLOR\nNo colours; colours also where the output is no terminal.`,
    `.TP\n.B COLUMNS\nHow wide the output is, where it is no terminal.`,
    ".SH FILES",
    `.TP\n.I ssot.config.json\nWhat is set for all runs, in the working directory; ${option("--config")} names another file.`,
    `.TP\n.I .env\nDATABASE_URL, in the working directory.`,
    ".SH SEE ALSO",
    ".BR psql (1),\n.BR pg_dump (1)",
    "The run-book and every error code are in the folder docs/ of the package.",
  ].join("\n")}\n`;
}

// A command of the fleet has the options of the one that it runs, and a few besides.
function renderCommand({ path, usage, description, own, arguments: values }, commands) {
  const alone =
    path[1] === "fleet" ? commands.find((each) => each.path.slice(1).join() === path.slice(2).join()) : undefined;
  const said = new Set(alone?.own.flatMap(({ names }) => names) ?? ["--help"]);
  return [
    `.SS ${plain(path.join(" "))}`,
    `.B ${plain(path.join(" "))}`,
    plain(usage.slice(path.join(" ").length).trim()),
    ".PP",
    plain(
      alone === undefined
        ? description
        : `On every database of a list. Besides the options of ${alone.path.join(" ")}:`,
    ),
    ...values.filter((value) => value.description !== "").map(renderArgument),
    ...own.filter(({ names }) => !names.some((name) => said.has(name))).map(renderOption),
  ].filter((line) => line !== "");
}

function renderOption({ names, description, value }) {
  const [before, after] = value?.needed ? [" ", ""] : [" [", "]"];
  const taken = value === undefined ? "" : `${before}\\fI${plain(value.name)}\\fR${after}`;
  const offered =
    value?.offered.length > 0 && !description.includes(value.offered[0]) ? ` (${value.offered.join(", ")})` : "";
  return `.TP\n${names.map(option).join(", ")}${taken}\n${plain(description + offered)}`;
}

function renderArgument({ name, description, offered }) {
  return `.TP\n\\fI${plain(name)}\\fR\n${plain(offered.length > 0 ? `${description}: ${offered.join(", ")}` : description)}`;
}

function exitCodes(help) {
  const [, list = ""] = help.split("Exit codes:\n");
  return list
    .trim()
    .split("\n")
    .map((line) => {
      const [, code, meaning] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      if (code === undefined) throw new Error(`the help's exit codes are not as they were: ${line}`);
      return `.TP\n.B ${code}\n${plain(meaning)}`;
    });
}

function helpOf(command) {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

function option(name) {
  return `\\fB${plain(name)}\\fR`;
}

// A hyphen of an option is to be one when it is copied, and a line that begins with a dot would be an order.
function plain(text) {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}
