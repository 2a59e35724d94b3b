/** Columns of one table that a pair of story files deprecates and drops. */
interface Deprecation {
  /** Fourteen digits; the drop has the next ones. */
  readonly digits: string;
  /** Words of the files' names. */
  readonly words: string;
  /** As SQL writes it. */
  readonly relation: string;
  readonly columns: readonly string[];
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
const quote = (name: string): string => `"${name}"`;
const literal = (text: string): string => `'${text}'`;

export const markName = ({ digits, words }: Deprecation): string => `${digits}_deprecate_${words}`;

/** The file that deprecates the columns and sets the witness on them. */
export function markFile(deprecation: Deprecation): StoryFile {
  const { relation, columns } = deprecation;
  const up = transaction(
    ...columns.map(
      (column) =>
        `select ssot.deprecate(:'migration', ${literal(relation)}, ${literal(column)}, reason => 'kept elsewhere', replacement => 'users.name');`,
    ),
    ...columns.map((column) => `comment on column ${relation}.${quote(column)} is 'DEPRECATED: kept elsewhere';`),
    "select ssot.watch_writes(:'migration');",
    "select ssot.swear_in(:'migration');",
  );
  const down = transaction("select ssot.undeprecate(:'migration');", "select ssot.forget_objects(:'migration');");
  return frame(markName(deprecation), "-- Phase: 1\n", step("mark", relation, up), step("unmark", relation, down));
}
