import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../src/model/package-root.ts";

/** The examples as JavaScript, in a folder inside this project, where they find `ssot/webhook` as a dependency. */
export interface Programs {
  readonly folder: string;
  remove(): void;
}

const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

export function writePrograms(): Programs {
  const root = packageRoot();
  const from = join(root, "examples");
  mkdirSync(join(root, ".ssot"), { recursive: true });
  const folder = mkdtempSync(join(root, ".ssot", "examples-"));
  const names = readdirSync(from, { recursive: true, encoding: "utf8" }).filter((name) => /(?<!\.d)\.ts$/.test(name));
  for (const name of names) {
    const path = join(folder, name.replace(/ts$/, "js"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ts.transpileModule(readFileSync(join(from, name), "utf8"), { compilerOptions }).outputText);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
