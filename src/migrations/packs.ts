import { join } from "node:path";
import type { Migration } from "../model/migration.ts";
import { migrationNames } from "../model/mission.ts";
import { packageRoot } from "../model/package-root.ts";

/** The sets of migrations that come with the package. */
export const packNames = ["unknown-caller"] as const;
export type PackName = (typeof packNames)[number];

/** Where the migrations of the pack `unknown-caller` lie. */
export function migrationsDirectory(): string {
  return join(packageRoot(), "migrations");
}

/** The folders of a story: those of packs, and one of a team's own. */
export function storyFolders(packs: readonly PackName[], own: string | undefined): readonly string[] {
  return [...packs.map(migrationsDirectory), ...(own === undefined ? [] : [own])];
}

const missionNames: readonly string[] = Object.values(migrationNames);

/** Whether a story has migrations of the pack `unknown-caller`: else nobody is asked for calls, contacts and organizations. Pure. */
export function hasMission(migrations: readonly Pick<Migration, "name">[]): boolean {
  return migrations.some(({ name }) => missionNames.includes(name));
}

/** Whether a migration changes rows of the mission's tables: an optional one, and a team's own, change none. Pure. */
export function changesMission(migration: Pick<Migration, "name" | "optional">): boolean {
  return hasMission([migration]) && migration.optional === undefined;
}

/** Whether the mission's columns are dropped, or a run that drops them was interrupted. Pure. */
export function isMissionDropped(states: readonly { readonly name: string; readonly state: string }[]): boolean {
  return states.some(({ name, state }) => name === migrationNames.drop && state !== "pending");
}
