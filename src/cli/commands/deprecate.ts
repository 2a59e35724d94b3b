import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { DeprecateOptions } from "../../core/deprecate/deprecate.ts";
import { isOfCalendar } from "../../model/calendar.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
import { printReport } from "../print-report.ts";
import { allow, type ReaderFlags } from "../run-options.ts";
import { withTarget } from "../with-target.ts";

interface DeprecateFlags extends Pick<ReaderFlags, "allow"> {
  readonly reason: string;
  readonly replacedBy?: string;
  readonly owner?: string;
  readonly quiet?: string;
  readonly notBefore?: string;
  readonly derive?: Readonly<Record<string, string>>;
  readonly loss?: "accept";
  readonly into?: string;
}

const usualFolder = "db/ssot";

/** `ssot deprecate`: writes the two story files of a deprecation. */
export function defineDeprecate(program: Command, register: Register): void {
  const command = program
    .command("deprecate")
    .summary("write the two files that retire columns of any table")
    .description(
      "Writes two story files: one that marks the columns and witnesses who uses them, and one that drops them, held until nobody does. Reads the database, and changes none: ssot migrate applies them.",
    )
    .argument("<column...>", "TABLE.COLUMN, one or more of one table, names as SQL writes them")
    .requiredOption("--reason <text>", "why: goes into the comment, the audit and the gate's messages")
    .option("--replaced-by <text>", "what to use instead; shown to whoever still writes")
    .option("--owner <text>", "whom to ask; shown to whoever still writes")
    .option("--quiet <interval>", "how long nobody may have written or read them before the drop (default: 1 month)")
    .option("--not-before <date>", "the drop's earliest day", readDay)
    .addOption(
      new Option(
        "--derive <expression>",
        "on rollback, the value of rows inserted since the drop, over the row t; of several columns COLUMN=EXPRESSION, repeatable",
      ).argParser((text: string, before: Readonly<Record<string, string>> = {}) => ({
        ...before,
        ...readDerive(text),
      })),
    )
    .addOption(allow("a role whose reads and writes do not count"))
    .addOption(new Option("--loss <what>", "of a table without a key: drop the values for good").choices(["accept"]))
    .option("--into <dir>", `where the files go (default: the configured folder, else ${usualFolder})`)
    .addHelpText(
      "after",
      helpText(
        [
          'ssot deprecate public.pages.author_name --reason "users.name is the source" --replaced-by "users.name through pages.author_id"',
          'ssot deprecate \'public."Pages"."authorName"\' --reason "moved" --quiet "2 weeks"',
        ],
        [0, 2, 3, 130],
      ),
    );
  register<DeprecateFlags>(command, (invocation, flags) => handleDeprecate(invocation, flags, command.args));
}

async function handleDeprecate(
  invocation: Invocation,
  flags: DeprecateFlags,
  names: readonly string[],
): Promise<number> {
  const { io, signal } = invocation;
  const { configurationFile } = await import("../../core/configuration.ts");
  const { file, story, ownMigrations } = await invocation.configuration();
  const into =
    flags.into === undefined ? (ownMigrations ?? resolve(io.cwd(), usualFolder)) : resolve(io.cwd(), flags.into);
  const options: Omit<DeprecateOptions, "target"> = {
    names,
    reason: flags.reason,
    replacedBy: flags.replacedBy,
    owner: flags.owner,
    quiet: flags.quiet,
    notBefore: flags.notBefore,
    derive: flags.derive ?? {},
    allow: flags.allow ?? {},
    acceptsLoss: flags.loss === "accept",
    story,
    into,
    newConfiguration: file === undefined ? resolve(io.cwd(), configurationFile) : undefined,
    now: new Date(),
  };
  return withTarget(invocation, async (target) => {
    const { deprecate } = await import("../../core/deprecate/deprecate.ts");
    const { renderDeprecate } = await import("../../report/render-deprecate.ts");
    const report = await untilInterrupted(deprecate({ ...options, target }), signal);
    const isRead = report.configuration !== null || ownMigrations === into;
    await printReport(invocation, report, (told, style) => renderDeprecate(told, style, { from: io.cwd(), isRead }));
    return 0;
  });
}

function readDay(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || !isOfCalendar(text)) throw new InvalidArgumentError("Expected YYYY-MM-DD.");
  return text;
}

// Of the only column where no column is named: an expression may hold "=" as well.
function readDerive(text: string): Readonly<Record<string, string>> {
  const [, quoted, plain, expression] =
    /^(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))=(?!=)([\s\S]+)$/u.exec(text) ?? [];
  if (expression === undefined) return { "": text };
  return { [quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? ""]: expression };
}
