/** Columns of one table that a pair of story files deprecates and drops. */
export interface Deprecation {
  /** Fourteen digits; the drop has the next ones. */
  readonly digits: string;
  /** Words of the files' names. */
  readonly words: string;
  /** As SQL writes it. */
  readonly relation: string;
  readonly columns: readonly string[];
  /** What the column of rows gets that are inserted after the drop, over the row t. */
  readonly derive?: string;
}

export interface StoryFile {
  readonly name: string;
  readonly text: string;
}

const frame = (name: string, head: string, up: string, down: string): StoryFile => ({
  name,
  text: `${head}\\set migration ${name}

-- Up Migration
\\if :{?down}
\\else
${up}\\endif

-- Down Migration
\\if :{?down}
${down}\\endif
`,
});

const step = (name: string, relation: string, sql: string, more = ""): string => `-- step: ${name}
-- lock: SHARE ROW EXCLUSIVE on ${relation}
-- blocks: writers of ${relation}
${more}${sql}

`;

const transaction = (...statements: readonly string[]): string => `begin;\n${statements.join("\n")}\ncommit;`;
const archived = "-- rows: valuesArchived\n";
const quote = (name: string): string => `"${name}"`;
const literal = (text: string): string => `'${text}'`;

export const markName = ({ digits, words }: Deprecation): string => `${digits}_deprecate_${words}`;
export const dropName = ({ digits, words }: Deprecation): string => `${BigInt(digits) + 1n}_drop_${words}`;

/** The file that deprecates the columns and sets the witness on them. */
export function markFile(deprecation: Deprecation): StoryFile {
  const { relation, columns } = deprecation;
  const up = transaction(
    ...columns.map(
      (column) =>
        `select ssot.deprecate(:'migration', ${literal(relation)}, ${literal(column)}, reason => 'kept elsewhere', replacement => 'users.name');`,
    ),
    "select ssot.watch_writes(:'migration');",
    "select ssot.swear_in(:'migration');",
  );
  const down = transaction("select ssot.undeprecate(:'migration');", "select ssot.forget_objects(:'migration');");
  return frame(markName(deprecation), "-- Phase: 1\n", step("mark", relation, up), step("unmark", relation, down));
}

/** The file that drops them and keeps their values, by the table's own key. */
export function dropFile(deprecation: Deprecation): StoryFile {
  const { relation, columns, words, derive } = deprecation;
  const [mark, store] = [markName(deprecation), `ssot.dropped_${words}`];
  const list = literal(`{${columns.map(quote).join(",")}}`);
  const gate = `select ssot.refuse_closed_gate('${mark}', :force, :'verdicts');`;
  const archive = transaction(
    gate,
    `select ssot.begin_archive(:'migration', '${relation}', ${list}, store => '${store}'${derive === undefined ? "" : `, derive => array[${literal(derive)}]`});`,
    "select ssot.watch_archive(:'migration');",
  );
  const swap = transaction(
    gate,
    `select ssot.journal_dropped_objects(:'migration', '${relation}', ${list});`,
    `lock table ${relation} in access exclusive mode;`,
    `select ssot.refuse_late_writes('${mark}', :force, :'verdicts');`,
    "select ssot.unwatch_archive(:'migration');",
    `select ssot.unwatch_writes('${mark}');`,
    `alter table ${relation} ${columns.map((column) => `drop column if exists ${quote(column)}`).join(", ")};`,
  );
  const up =
    step("archive", relation, archive) +
    step("copy", relation, "select ssot.archive_in_portions(:'migration', :commits) \\gexec", archived) +
    step("swap", relation, swap, "-- role: point-of-no-return\n") +
    step("tidy_archive", relation, transaction("select ssot.end_archive(:'migration');"), archived);
  const back = transaction(
    "select ssot.unwatch_archive(:'migration');",
    "select ssot.run_stage(:'migration', 'swap');",
    `select ssot.watch_again(:'migration', '${mark}');`,
    "select ssot.forget_archive(:'migration');",
    `drop table if exists ${store};`,
  );
  const down =
    step("columns", relation, transaction("select ssot.bring_columns_back(:'migration');")) +
    step("restore", relation, "select ssot.restore_in_portions(:'migration', :commits) \\gexec", archived) +
    step("indexes", relation, "select ssot.restore_indexes(:'migration') \\gexec") +
    step("swap", relation, back);
  return frame(dropName(deprecation), `-- Phase: 3\n-- Drops: ${mark}\n`, up, down);
}
