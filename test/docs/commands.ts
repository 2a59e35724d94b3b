import { callSsot } from "../cli/call-ssot.ts";

/** What is wrong with a line of documentation that calls ssot; empty when it may be typed so. */
export type Judge = (line: string) => readonly string[];

interface Known {
  readonly options: ReadonlySet<string>;
  readonly commands: ReadonlyMap<string, Known>;
}

/** Judges lines by what the program's help says: each command and each option that they name has to exist. */
export async function createJudge(): Promise<Judge> {
  const program = await readHelp([]);
  const calls = /(?:^|[\s(&|;])(npm run demo --|npx --no-install ssot|node bin\/ssot\.js|ssot)(?=\s|$)([^#|;&)]*)/g;
  return (line) =>
    [...line.matchAll(calls)].flatMap(([, caller = "", rest = ""]) => {
      const words = rest.split(/\s+/).filter((word) => word !== "");
      const all = caller.startsWith("npm run") ? ["demo", ...words] : words;
      return judge(program, all).map((what) => `${line.trim()}: ${what}`);
    });
}

async function readHelp(path: readonly string[]): Promise<Known> {
  const { stdout } = await callSsot([...path, "--help"], { columns: 200 });
  const options = new Set(
    [...stdout.matchAll(/^ {2}(?:(-[a-zA-Z]), )?(--[a-z-]+)/gm)].flatMap(([, short, long]) => [
      short ?? "",
      long ?? "",
    ]),
  );
  const [, list = ""] = stdout.split(/^Commands:$/m);
  const names = [...(list.split("\n\n")[0] ?? "").matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? "");
  const known = await Promise.all(
    names.filter((name) => name !== "help").map(async (name) => [name, await readHelp([...path, name])] as const),
  );
  return { options, commands: new Map(known) };
}

function judge(program: Known, words: readonly string[]): readonly string[] {
  let command = program;
  const problems: string[] = [];
  for (const word of words) {
    const option = /^--?[a-zA-Z][a-z-]*/.exec(word)?.[0];
    const next = command.commands.get(word);
    if (option !== undefined) {
      if (!command.options.has(option)) problems.push(`there is no option ${option} here`);
    } else if (next !== undefined) command = next;
    else if (command === program && /^[a-z]+$/.test(word) && word !== "help")
      problems.push(`there is no command ${word}`);
  }
  return problems;
}
