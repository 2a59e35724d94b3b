import { type RunDetails, SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";

/**
 * Applies (or takes back) one migration after the other. An error of `apply` gets to know what was done before it in this
 * run, and what was not run because of it.
 */
export async function applyInOrder<T>(
  migrations: readonly Migration[],
  apply: (migration: Migration) => Promise<T>,
): Promise<readonly T[]> {
  const names = migrations.map(({ name }) => name);
  const results: T[] = [];
  for (const [place, migration] of migrations.entries()) {
    try {
      results.push(await apply(migration));
    } catch (error) {
      const details = { applied: names.slice(0, place), failed: migration.name, notRun: names.slice(place + 1) };
      throw withDetails(error, details);
    }
  }
  return results;
}

/** The work; its error gets to know how far the run came. */
export function describing<T>(details: RunDetails, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw withDetails(error, details);
  });
}

// What is no error of ours stays as it is.
function withDetails(error: unknown, details: RunDetails): unknown {
  if (!(error instanceof SsotError)) return error;
  const { code, message, hint, cause } = error;
  return new SsotError(code, message, { hint, cause: cause ?? error, details });
}
