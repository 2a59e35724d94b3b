import type { Migration, Step } from "../model/migration.ts";
import { closing, opening, startOfRun } from "./export-frame.ts";
import { blockComment, toPlainSql } from "./plain-sql.ts";

/**
 * One migration as SQL that needs no ssot and no psql. Sent whole, in one transaction or statement by statement, it leaves
 * what `ssot migrate` leaves, ledger and run included: status, migrate and rollback go on from it. Each transaction of the
 * migration is one statement, so it is done whole or not at all however the file is sent. Indexes are built with writers
 * waiting, and nothing is tried again. `previous` has to be applied before. Throws MIGRATION_FILES for SQL that
 * cannot be written so.
 */
export function exportMigration(migration: Migration, previous: Migration | undefined): string {
  const steps = migration.up.map((step, place) =>
    exportStep(step, [
      ...(place === 0 ? [startOfRun(migration)] : []),
      ...(isRecorded(step) ? [recordOf(migration, step)] : []),
    ]),
  );
  return `${[...opening(migration, previous), ...steps, ...closing(migration)].join("\n\n")}\n`;
}

function exportStep(step: Step, records: readonly string[]): string {
  const title = blockComment([`Step ${step.name}`, ...step.about]);
  const sql = toPlainSql(step.sql);
  const recorded = records.map((record) => `${record};`).join("\n");
  if (step.mode === "transaction") {
    const [outer, inner] = [freeTag(sql, "do"), freeTag(sql, "step")];
    return `${title}\ndo ${outer} begin execute ${inner}\n${sql}\n${recorded}\n${inner}; end ${outer};`;
  }
  if (step.mode === "statement") return [title, sql, recorded].join("\n").trimEnd();
  const tag = freeTag(sql, "do");
  return `${title}
do ${tag}
declare
  statement text;
begin
  foreach statement in array array(
${sql}
  ) loop
    execute ${withoutConcurrently("statement")};
  end loop;
  ${recorded}
end
${tag};`;
}

/** An expression for a statement without the word that no transaction takes; names are left alone. */
function withoutConcurrently(statement: string): string {
  return `regexp_replace(${statement}, '(?<=^ *(create|create unique|drop) +index) +concurrently ', ' ', 'i')`;
}

// ssot makes its own tables before a run begins. What the client has to do is not done here: a run that goes on does it.
function isRecorded({ name, client }: Step): boolean {
  return name !== "bookkeeping" && client === undefined;
}

function recordOf({ name }: Migration, step: Step): string {
  return `insert into ssot.run_step (name, direction, step) values ('${name}', 'migrate', '${step.name}') on conflict do nothing`;
}

function freeTag(sql: string, name: string): string {
  const tag = `$${name}$`;
  return sql.includes(tag) ? freeTag(sql, `${name}_`) : tag;
}
