import { quoteLiteral } from "../../sql/quote-literal.ts";
import { quoteName } from "./column-list.ts";

/** What a deprecation's two files say. */
export interface Deprecation {
  /** Names of the two files, without `.sql`. */
  readonly mark: string;
  readonly drop: string;
  /** The table as PostgreSQL prints it under an empty search path. */
  readonly relation: string;
  readonly columns: readonly string[];
  readonly reason: string;
  readonly replacedBy: string | undefined;
  readonly owner: string | undefined;
  /** An interval as PostgreSQL reads it. */
  readonly quiet: string | undefined;
  /** `2027-01-31`. */
  readonly notBefore: string | undefined;
  /** Expressions over the row `t`, by column. */
  readonly derive: Readonly<Record<string, string>>;
  /** Roles whose reads and writes do not close the gate, until the end of a day; null: for good. */
  readonly allow: Readonly<Record<string, string | null>>;
  /** The values may be lost: the table has no key to find its rows by. */
  readonly acceptsLoss: boolean;
  /** The view of live names shows the columns: the drop makes it again without them. */
  readonly hasView: boolean;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
const call = (routine: string, args: readonly string[]): string => `select ssot.${routine}(${args.join(", ")});`;
const named = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [`${name} => ${quoteLiteral(value)}`];
const array = (elements: readonly string[]): string => `array[${elements.join(", ")}]`;

const withPsql = `-- With psql alone, after the engine of the package (sql/install.sql), in one session:
--   psql -v ON_ERROR_STOP=1 -f …/sql/install.sql -f FILE                 applies
--   psql -v ON_ERROR_STOP=1 -v down=1 -f …/sql/install.sql -f FILE       takes it back`;

const record = `-- step: record
-- role: record
-- With psql alone the ledger is written here; ssot writes its own entry.`;

function file(
  head: string,
  name: string,
  { up, down }: { readonly up: readonly string[]; readonly down: readonly string[] },
): string {
  return `${head}
--
${withPsql}
\\set migration ${name}

-- Up Migration
\\if :{?down}
\\else

${[...up, `${record}\ninsert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;`].join("\n\n")}
\\endif

-- Down Migration
\\if :{?down}

${[...down, `${record}\ndelete from ssot.ledger where name = :'migration';`].join("\n\n")}
\\endif
`;
}

interface StepText {
  readonly name: string;
  readonly lock: string;
  readonly blocks: string;
  /** Further attributes, then prose: lines without their dashes. */
  readonly lines?: readonly string[];
  readonly sql: readonly string[];
  /** As `begin;` to `commit;`, unless it commits by itself. */
  readonly alone?: true;
}

function step({ name, lock, blocks, lines = [], sql, alone }: StepText): string {
  const head = [`step: ${name}`, `lock: ${lock}`, `blocks: ${blocks}`, ...lines].map((line) => `-- ${line}`);
  return [...head, ...(alone ? sql : ["begin;", ...sql, "commit;"])].join("\n");
}

/** The file that marks the columns and sets the witness on them. */
export function writeMark(deprecation: Deprecation): string {
  const { mark, relation, columns, reason, replacedBy, owner, quiet, notBefore, allow, acceptsLoss } = deprecation;
  const says = [
    `reason => ${quoteLiteral(oneLine(reason))}`,
    ...named("replacement", replacedBy === undefined ? undefined : oneLine(replacedBy)),
    ...named("owner", owner === undefined ? undefined : oneLine(owner)),
    ...named("not_before", notBefore === undefined ? undefined : `${notBefore} 00:00:00+00`),
    ...named("quiet", quiet),
    ...(acceptsLoss ? ["accepts_loss => true"] : []),
  ];
  return file(
    `-- Deprecates ${nameAll(deprecation)}: ${oneLine(reason)}
--
-- Readers and writers go on as before; every write to the columns is witnessed, with a warning to whoever writes.
--
-- Phase: 1`,
    mark,
    {
      up: [
        step({
          name: "mark",
          lock: `SHARE ROW EXCLUSIVE on ${relation}; ACCESS EXCLUSIVE where a column has a default, which goes`,
          blocks: `writers of ${relation}, for a change of the catalog only`,
          sql: [
            ...columns.map((column) =>
              call("deprecate", [":'migration'", quoteLiteral(relation), quoteLiteral(column), ...says]),
            ),
            ...Object.entries(allow).map(([role, until]) =>
              call("excuse", [":'migration'", quoteLiteral(role), ...(until === null ? [] : [quoteLiteral(until)])]),
            ),
            call("watch_writes", [":'migration'"]),
            call("swear_in", [":'migration'"]),
            call("schedule_prune", []),
          ],
        }),
      ],
      down: [
        step({
          name: "unmark",
          lock: `ACCESS EXCLUSIVE on ${relation}`,
          blocks: `everything on ${relation}, for a change of the catalog only`,
          lines: ["The witness and what it has seen; comments and defaults come back."],
          sql: [
            call("unschedule_prune", [":'migration'"]),
            call("undeprecate", [":'migration'"]),
            call("forget_objects", [":'migration'"]),
          ],
        }),
      ],
    },
  );
}

/** The file that drops them when the gate opens, and brings their values back. */
export function writeDrop(deprecation: Deprecation): string {
  const { mark, drop, relation, columns, derive, acceptsLoss, hasView } = deprecation;
  const store = `ssot.dropped_${drop.slice(0, 14)}`;
  const table = quoteLiteral(relation);
  const list = array(columns.map(quoteLiteral));
  const derived = columns.map((column) => derive[column]);
  const archive = [
    ":'migration'",
    table,
    list,
    `store => ${quoteLiteral(store)}`,
    ...(derived.some((expression) => expression !== undefined)
      ? [
          `derive => ${array(derived.map((expression) => (expression === undefined ? "null" : quoteLiteral(expression))))}`,
        ]
      : []),
  ];
  const gate = call("refuse_closed_gate", [quoteLiteral(mark), ":force", ":'verdicts'"]);
  const swapped = {
    lock: hasView ? `ACCESS EXCLUSIVE on the view, then on ${relation}` : `ACCESS EXCLUSIVE on ${relation}`,
    blocks: `everything on ${relation}, for milliseconds`,
  };
  const inBatches = {
    lock: `SHARE UPDATE EXCLUSIVE on ${relation}`,
    blocks: "writers of the very rows of a batch; other schema changes while a portion is vacuumed",
  };
  return file(
    `-- Drops ${nameAll(deprecation)}, when the gate of ${mark} is open.
-- ${acceptsLoss ? "Their values are lost: the table has no key by which its rows are found again." : `Every value is kept in ${store}, and comes back on rollback.`}
--
-- Phase: 3
-- Drops: ${mark}`,
    drop,
    {
      up: [
        step({
          name: "archive",
          lock: `SHARE ROW EXCLUSIVE on ${relation}`,
          blocks: `writers of ${relation}, for a change of the catalog only`,
          lines: ["A closed gate stops here, with every reason, before anything is written."],
          sql: [gate, call("begin_archive", archive), call("watch_archive", [":'migration'"])],
        }),
        step({
          name: "copy",
          lock: `ACCESS SHARE on ${relation}`,
          blocks: "nothing",
          lines: ["rows: valuesArchived"],
          sql: ["select ssot.archive_in_portions(:'migration', :commits) \\gexec"],
          alone: true,
        }),
        step({
          name: "swap",
          ...swapped,
          lines: ["role: point-of-no-return", "The gate once more, before any lock is taken."],
          sql: [
            gate,
            call("journal_dropped_objects", [":'migration'", table, list]),
            ...(hasView ? [call("narrow_view", [":'migration'", list])] : []),
            `lock table ${relation} in access exclusive mode;`,
            call("refuse_late_writes", [quoteLiteral(mark), ":force", ":'verdicts'"]),
            call("unwatch_archive", [":'migration'"]),
            call("unwatch_writes", [quoteLiteral(mark)]),
            `alter table ${relation} ${columns.map((column) => `drop column if exists ${quoteName(column)}`).join(", ")};`,
            ...(hasView ? [call("put_view_up", [":'migration'"])] : []),
            "notify pgrst, 'reload schema';",
          ],
        }),
        step({
          name: "tidy_archive",
          lock: "none on your tables",
          blocks: "nothing",
          lines: ["rows: valuesArchived"],
          sql: [call("end_archive", [":'migration'"])],
        }),
      ],
      down: [
        step({
          name: "columns",
          lock: `ACCESS EXCLUSIVE on ${relation}`,
          blocks: `everything on ${relation}, for a change of the catalog only`,
          lines: ["The columns come back empty, with their types, collations and storage."],
          sql: [call("bring_columns_back", [":'migration'"])],
        }),
        step({
          name: "derive",
          ...inBatches,
          lines: ["Values of rows that were inserted since the drop, where the drop says how."],
          sql: ["select ssot.derive_in_portions(:'migration', :commits) \\gexec"],
          alone: true,
        }),
        step({
          name: "restore",
          ...inBatches,
          lines: ["rows: valuesArchived", "The values, where nobody wrote one since."],
          sql: ["select ssot.restore_in_portions(:'migration', :commits) \\gexec"],
          alone: true,
        }),
        step({
          name: "not_null",
          lock: `ACCESS EXCLUSIVE on ${relation}, then SHARE UPDATE EXCLUSIVE`,
          blocks: `everything on ${relation}, for a change of the catalog only, where a column may not be null`,
          sql: ["select ssot.restore_not_null(:'migration') \\gexec"],
          alone: true,
        }),
        step({
          name: "indexes",
          lock: `SHARE UPDATE EXCLUSIVE on ${relation}`,
          blocks: `other schema changes and vacuum of ${relation}`,
          lines: ["wait: long"],
          sql: ["select ssot.restore_indexes(:'migration') \\gexec"],
          alone: true,
        }),
        step({
          name: "swap",
          ...swapped,
          lines: ["Defaults, NOT NULL, comments and grants, and the witness."],
          sql: [
            ...(hasView ? [call("widen_view", [":'migration'"])] : []),
            call("unwatch_archive", [":'migration'"]),
            call("run_stage", [":'migration'", "'swap'"]),
            call("watch_again", [":'migration'", quoteLiteral(mark)]),
            ...(hasView ? [call("put_view_up", [":'migration'"])] : []),
            call("forget_archive", [":'migration'"]),
            `drop table if exists ${store};`,
            "notify pgrst, 'reload schema';",
          ],
        }),
      ],
    },
  );
}

/** Table and column of each, as SQL writes them. */
function nameAll({ relation, columns }: Deprecation): string {
  return oneLine(columns.map((column) => `${relation}.${quoteIfNeeded(column)}`).join(", "));
}

function quoteIfNeeded(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteName(name);
}
