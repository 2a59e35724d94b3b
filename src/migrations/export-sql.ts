import type { Migration, Step } from "../model/migration.ts";
import { bindMigration, defaultValues } from "./bind-migration.ts";
import { type EngineParts, installStored } from "./export-engine.ts";
import { closing, opening, recordOf, startOfRun } from "./export-frame.ts";
import { blockComment, freeTag, toPlainSql } from "./plain-sql.ts";
import { foundationsOf } from "./select-migrations.ts";

export interface ExportSettings {
  readonly onUnfixablePhone: "abort" | "quarantine";
  /** Triggers of others that are not BEFORE ROW: the file refuses them, unless they may fire. */
  readonly userTriggers: "refuse" | "fire";
  readonly trustRoles: readonly string[];
  /** A view of our name may lose the columns that ours has not. */
  readonly replaceView: boolean;
  /** The files that store the engine's parts, as a message names them. */
  readonly engineFiles: readonly string[];
}

/**
 * One migration as SQL that needs no ssot and no psql, but the engine's files before it. Sent whole, in one transaction or statement by statement, it leaves
 * what `ssot migrate` leaves, engine, ledger and run included: status, migrate and rollback go on from it. Each transaction
 * of the migration is one statement, so it is done whole or not at all however the file is sent. Indexes are built with
 * writers waiting, and nothing is tried again. `all` are the migrations that there are. Throws MIGRATION_FILES for SQL that
 * cannot be written so.
 */
export function exportMigration(
  migration: Migration,
  all: readonly Migration[],
  parts: EngineParts,
  settings: ExportSettings,
): string {
  const { onUnfixablePhone, userTriggers, replaceView, trustRoles, engineFiles } = settings;
  const { engine } = parts;
  const bound = bindMigration(migration, { ...defaultValues, commits: false, onUnfixablePhone, replaceView });
  const needs = foundationsOf(all, migration).map(({ name }) => name);
  return `${[
    ...opening(migration, { needs, engine, userTriggers, trustRoles }),
    ...installStored(parts, engineFiles),
    ...bound.up.map((step, place) =>
      exportStep(step, {
        // With the first step, so that one that refuses leaves no run.
        before: place === 0 ? startOfRun(migration, engine) : "",
        // What the client has to do is not done here: a run that goes on does it.
        after: step.client === undefined ? recordOf(migration, step) : "",
      }),
    ),
    ...closing(migration),
  ].join("\n\n")}\n`;
}

function exportStep(step: Step, { before, after }: { readonly before: string; readonly after: string }): string {
  const title = blockComment([`Step ${step.name}`, ...step.about]);
  const sql = toPlainSql(step.sql);
  if (step.mode === "transaction") {
    const [outer, inner] = [freeTag(sql, "do"), freeTag(sql, "step")];
    return `${title}\ndo ${outer} begin execute ${inner}\n${join(before, sql, after)}\n${inner}; end ${outer};`;
  }
  if (step.mode === "statement") return join(title, before, sql, after);
  const tag = freeTag(sql, "do");
  return `${title}
do ${tag}
declare
  statement text;
begin
  ${join(before, "foreach statement in array array(")}
${sql}
  ) loop
    execute ${withoutConcurrently("statement")};
  end loop;
  ${join(after, "end")}
${tag};`;
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}

/** An expression for a statement without the word that no transaction takes; names are left alone. */
function withoutConcurrently(statement: string): string {
  return `regexp_replace(${statement}, '(?<=^ *(create|create unique|drop) +index) +concurrently ', ' ', 'i')`;
}
