import { expect } from "vitest";
import { SsotError } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import type { TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

/** The error that a piece of work ends with. Fails when it ends well, or with anything but a SsotError. */
export async function errorOf(work: Promise<unknown>): Promise<SsotError> {
  const error: unknown = await work.then(
    () => new Error("it was not refused"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof SsotError) return error;
  throw error;
}

/** The error that a refusal ends with; holds that nothing in the database was changed. */
export async function refusalOf({ sql }: TestDatabase, start: () => Promise<unknown>): Promise<SsotError> {
  const before = await snapshotDatabase(sql);
  const error = await errorOf(start());
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
  return error;
}

/** Message, hint and causes of an error: everything that may be printed of it. */
export function allTextOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof SsotError ? (error.hint ?? "") : "";
  return [error.message, hint, error.stack ?? "", error.cause === undefined ? "" : allTextOf(error.cause)].join("\n");
}
