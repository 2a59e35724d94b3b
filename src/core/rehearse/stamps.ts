import type { StampingTrigger } from "../../db/queries/table-contents/stamping-triggers.ts";

/** A column to which a trigger of somebody's gives the time of a change, or the number of changes. */
export interface Stamp {
  readonly table: string;
  readonly column: string;
  readonly trigger: string;
}

const clock =
  /^(?:(?:pg_catalog\.)?(?:now|clock_timestamp|transaction_timestamp|statement_timestamp)\s*\(\s*\)|current_timestamp|localtimestamp|current_date|timezone\s*\(\s*'[^']*'(?:::text)?\s*,\s*(?:now|clock_timestamp)\s*\(\s*\)\s*\))(?:\s*at\s+time\s+zone\s+'[^']*'|\s*::\s*[a-z ]+)*$/i;

/**
 * The columns that these triggers stamp at each change of a row, as far as their text says so: `new.x := now()`, `new.x := old.x + 1`, and
 * the extension moddatetime. A rollback changes rows as well, so that such a column never comes back as it was. What a trigger assigns under a
 * condition (the time of an end, of a deletion), or anything else that it assigns, is no stamp, and is compared. Pure.
 */
export function findStamps(triggers: readonly StampingTrigger[]): readonly Stamp[] {
  return triggers.flatMap(({ table, name, routine, source, args, condition }) => {
    const columns = routine === "moddatetime" ? [args.split("\\000")[0] ?? ""] : stampedBy(source);
    return columns
      .filter((column) => column !== "" && (condition === null || isAnyChange(condition, column)))
      .map((column) => ({ table, column, trigger: name }));
  });
}

const assignment = /^new\.(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))\s*:?=(?!=)\s*([\s\S]*)$/i;

// Statement by statement, with the conditions that each stands under; a way out under a condition is one of all that follows.
function stampedBy(source: string): readonly string[] {
  const text = source.replace(/--[^\n]*/g, " ").replace(/\/\*[\s\S]*?\*\//g, " ");
  const found: string[] = [];
  const under: string[] = [];
  const left: string[] = [];
  for (const part of text.split(";")) {
    const statement = enter(part.trim(), under);
    if (/^(?:return|exit|continue)\b/i.test(statement)) left.push(...under);
    const [, quoted, plain, value = ""] = assignment.exec(statement) ?? [];
    const column = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase();
    if (column === undefined || !(clock.test(value.trim()) || isCounter(column, value))) continue;
    if ([...under, ...left].every((condition) => isAnyChange(condition, column))) found.push(column);
  }
  return [...new Set(found)].toSorted();
}

// Goes into the blocks that a statement begins with, and out of those that it ends.
function enter(part: string, under: string[]): string {
  let rest = part;
  for (;;) {
    const [whole = "", word = "", condition = ""] =
      /^(end\s+(?:if|case|loop)|begin|declare|elsif|elseif|else|exception|if|case|loop|for|while)\b([\s\S]*)$/i.exec(
        rest,
      ) ?? [];
    if (whole === "") return rest;
    const head = word.toLowerCase();
    if (head.startsWith("end")) under.pop();
    else if (head.startsWith("els")) under.splice(-1, 1, "otherwise");
    else if (head === "if") under.push(condition.split(/\bthen\b/i)[0] ?? "");
    else if (head !== "begin" && head !== "declare") under.push(head);
    const opened = head === "begin" || head === "else" || head === "declare" || head === "exception" || head === "loop";
    rest = (opened || head.startsWith("end") ? condition : condition.replace(/^[\s\S]*?\b(?:then|loop)\b/i, "")).trim();
  }
}

const wholeRow = "(?:row\\s*\\(\\s*)?(?:old|new)(?:\\s*\\.\\s*\\*)?\\s*\\)?";
const anyChange = new RegExp(
  `^(?:${wholeRow}\\s*(?:is\\s+(?:not\\s+)?distinct\\s+from|<>|!=|=|\\*<>)\\s*${wholeRow}|tg_op\\s*=\\s*'update'|tg_op\\s+in\\s*\\([^)]*'update'[^)]*\\))$`,
  "i",
);

// Whether a row was changed at all, and whether the change gave the column itself, are no conditions.
function isAnyChange(condition: string, column: string): boolean {
  const own = `(?:old|new)\\.(?:"${literally(column.replaceAll('"', '""'))}"|${literally(column)})`;
  const ofItself = new RegExp(`^${own}\\s*(?:=|is\\s+not\\s+distinct\\s+from)\\s*${own}$`, "i");
  return condition.split(/\band\b/i).every((part) => {
    const bare = part.trim().replace(/^\(+\s*(.*?)\s*\)+$/s, "$1");
    return anyChange.test(bare) || ofItself.test(bare);
  });
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function isCounter(column: string, value: string): boolean {
  const counted =
    /^(?:coalesce\s*\(\s*)?(?:old|new)\.(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))\s*(?:,\s*\d+\s*\)\s*)?\+\s*1\s*$/i.exec(
      value.trim(),
    );
  const name = counted?.[1]?.replaceAll('""', '"') ?? counted?.[2]?.toLowerCase();
  return name === column;
}
