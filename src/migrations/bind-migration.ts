import type { Migration, Step } from "../model/migration.ts";
import { bindVariables } from "./variables.ts";

/** What a run says to its steps, where they ask by a variable. */
export interface StoryValues {
  /** Whether steps may commit by themselves; not where a whole file is one transaction. */
  readonly commits: boolean;
  /** The drop does not wait for what can be forced. */
  readonly force: boolean;
  readonly onUnfixablePhone: "abort" | "quarantine";
  /** A view of our name may lose the columns that ours has not. */
  readonly replaceView: boolean;
  /** What bodies of functions name, as JSON. */
  readonly verdicts: string;
}

/** The variables that a step may hold. */
export const storyVariables = ["commits", "force", "on_unfixable_phone", "replace_view", "verdicts", "migration"];

/** Nothing forced, nothing read, and stopping where a number cannot be read: what psql has by default. */
export const defaultValues: StoryValues = {
  commits: true,
  force: false,
  onUnfixablePhone: "abort",
  replaceView: false,
  verdicts: "{}",
};

/** The migration with the values in its steps' SQL. */
export function bindMigration(migration: Migration, values: StoryValues): Migration {
  const variables = {
    commits: String(values.commits),
    force: String(values.force),
    on_unfixable_phone: values.onUnfixablePhone,
    replace_view: String(values.replaceView),
    verdicts: values.verdicts,
    migration: migration.name,
  };
  const bind = (step: Step): Step => ({ ...step, sql: bindVariables(step.sql, variables) });
  return { ...migration, up: migration.up.map(bind), down: migration.down.map(bind) };
}
