import { Argument, type Command } from "commander";
import { unguarded } from "../guarded-io.ts";
import { helpText } from "../help.ts";
import type { Register } from "../invocation.ts";

const shells = ["bash", "zsh", "fish"] as const;

/** `ssot completion SHELL`: a script that lets a shell complete every command, option and known value. */
export function defineCompletion(program: Command, register: Register): void {
  const command = program
    .command("completion")
    .summary("write what lets your shell complete ssot")
    .description("Writes a script for your shell, made of the commands of this version. Asks no database.")
    .addArgument(new Argument("<shell>", "your shell").choices(shells))
    .addHelpText(
      "after",
      helpText(
        ['eval "$(ssot completion bash)"', "source <(ssot completion zsh)", "ssot completion fish | source"],
        [0, 2],
      ),
    );
  register(command, async ({ io }) => {
    const { describeCommand } = await import("../completion/grammar.ts");
    const render = await renderers[readShell(command.args[0])]();
    // A script, not a text for people: quotes and signs are to arrive as they are.
    unguarded(io.stdout).write(render(await describeCommand(program)));
    return 0;
  });
}

const renderers = {
  bash: async () => (await import("../completion/bash.ts")).renderBash,
  zsh: async () => (await import("../completion/zsh.ts")).renderZsh,
  fish: async () => (await import("../completion/fish.ts")).renderFish,
};

// The parser has refused any other.
function readShell(text: string | undefined): (typeof shells)[number] {
  return shells.find((shell) => shell === text) ?? "bash";
}
