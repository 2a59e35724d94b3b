/** What the exit codes mean, for the end of a help text. */
export const exitCodeHelp = `Exit codes:
  0    done
  1    a finding
  2    wrong usage or configuration
  3    could not run: unreachable, refused, missing privilege, too old, pooler
  4    a migration or rollback failed; the message says what state it left
  5    another run is at work, or no lock could be had: safe to retry
  6    a gate refused, or a plan differs; nothing was changed
  70   a bug in ssot
  130  interrupted`;

/** The end of a command's help text: examples, and the exit codes that this command can have. */
export function helpText(examples: readonly string[], codes: readonly number[]): string {
  const lines = exitCodeHelp
    .split("\n")
    .filter((line, place) => place === 0 || codes.includes(Number.parseInt(line, 10)));
  return `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}\n\n${lines.join("\n")}`;
}
