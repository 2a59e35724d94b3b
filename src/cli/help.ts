import type { AddHelpTextContext } from "commander";
import { wrapText } from "../report/wrap.ts";

// What the exit codes mean.
const exitCodes = `Exit codes:
  0    done
  1    a finding
  2    wrong usage or configuration
  3    could not run: unreachable, refused, missing privilege, too old, pooler
  4    a migration or rollback failed; the message says what state it left
  5    another run is at work, or no lock could be had: safe to retry
  6    a gate refused, or a plan differs; nothing was changed
  70   a bug in ssot
  130  interrupted`;

/** What the exit codes mean, for the end of a help text. */
export const exitCodeHelp = (context: AddHelpTextContext): string => `\n${listCodes(context)}`;

/** The end of a command's help text: examples, and the exit codes that this command can have. */
export function helpText(
  examples: readonly string[],
  codes: readonly number[],
): (context: AddHelpTextContext) => string {
  return (context) =>
    `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}\n\n${listCodes(context, codes)}`;
}

function listCodes({ error, command }: AddHelpTextContext, codes?: readonly number[]): string {
  const { getErrHelpWidth, getOutHelpWidth } = command.configureOutput();
  const width = (error ? getErrHelpWidth : getOutHelpWidth)?.() ?? 80;
  const [head = "", ...lines] = exitCodes.split("\n");
  return [
    head,
    ...lines
      .filter((line) => codes?.includes(Number.parseInt(line, 10)) ?? true)
      .map((line) => wrapText(line.slice(7), { width, first: line.slice(0, 7), rest: " ".repeat(7) })),
  ].join("\n");
}
