import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./package-root.ts";

/**
 * The command that installs optional dependencies of this package, in the versions that it was tested with; undefined where one of
 * them is none. They are left out by `npm install --omit=optional`.
 */
export function installOptional(names: readonly string[]): string | undefined {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const declared: unknown =
    typeof manifest === "object" && manifest !== null && "optionalDependencies" in manifest
      ? manifest.optionalDependencies
      : undefined;
  const versions = new Map(Object.entries(declared ?? {}).map(([name, version]) => [name, String(version)]));
  if (!names.every((name) => versions.has(name))) return undefined;
  return `npm install ${names.map((name) => `${name}@${versions.get(name)}`).join(" ")}`;
}
