import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { packageRoot } from "../../src/model/package-root.ts";

const sources = ["src", "verify", "fixtures", "package.json", "tsconfig.json", "tsconfig.build.json"];

/**
 * Brings dist/ up to date, since the tests run bin/ssot.js and child processes from it. Types are not checked here.
 * File by file and each by rename: tests of another run in the same checkout may be reading them.
 */
export function refreshBuild(): void {
  const root = packageRoot();
  const dist = join(root, "dist");
  const newest = Math.max(...sources.map((name) => newestChange(join(root, name))));
  const stamp = join(dist, ".refreshed");
  if (existsSync(stamp) && statSync(stamp).mtimeMs > newest) return;
  const began = new Date();
  mkdirSync(join(root, ".ssot"), { recursive: true });
  const fresh = mkdtempSync(join(root, ".ssot", "build-"));
  try {
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const args = [compiler, "-p", join(root, "tsconfig.build.json"), "--noCheck", "--outDir", fresh];
    for (const program of [args, [join(root, "scripts", "prune-types.mjs"), fresh]]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: "utf8" });
      if (status !== 0) throw new Error(`The build for the tests failed:\n${stdout}${stderr}`);
    }
    const built = new Set(listFiles(fresh).map((file) => relative(fresh, file)));
    for (const file of built) replaceIfChanged(join(fresh, file), join(dist, file));
    for (const old of existsSync(dist) ? listFiles(dist) : []) {
      if (!built.has(relative(dist, old)) && old !== stamp) rmSync(old, { force: true });
    }
    writeFileSync(stamp, "");
    // A source that changed during the build counts as newer.
    utimesSync(stamp, began, began);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function replaceIfChanged(from: string, to: string): void {
  if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) return;
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

function newestChange(path: string): number {
  if (!existsSync(path)) return 0;
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}
