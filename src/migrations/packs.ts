import { join } from "node:path";
import { packageRoot } from "../model/package-root.ts";

/** The sets of migrations that come with the package. */
export const packNames = ["unknown-caller"] as const;
type PackName = (typeof packNames)[number];

/** Where the migrations of the pack `unknown-caller` lie. */
export function migrationsDirectory(): string {
  return join(packageRoot(), "migrations");
}

/** The folders of a story: those of packs, and one of a team's own. */
export function storyFolders(packs: readonly PackName[], own: string | undefined): readonly string[] {
  return [...packs.map(migrationsDirectory), ...(own === undefined ? [] : [own])];
}
