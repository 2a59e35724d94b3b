// Removes the declarations that no entry point of package.json leads to, from dist/ or the folder that is named: nobody could import them,
// and each takes 4 kB of a disk.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = join(root, "dist");
const folder = resolve(process.argv[2] ?? built);
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const kept = new Set();
for (const entry of declarationsIn(exports)) keep(join(folder, relative(built, join(root, entry))));
// An entry point that is not there would leave nothing, and nobody would know before the types are wanted.
if (kept.size < 10) throw new Error(`only ${kept.size} declarations are reached by package.json's exports`);

const all = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".d.ts"));
for (const path of all) if (!kept.has(join(folder, path))) rmSync(join(folder, path));

function declarationsIn(value) {
  if (typeof value === "string") return value.endsWith(".d.ts") ? [value] : [];
  return Object.values(value).flatMap(declarationsIn);
}

function keep(file) {
  if (kept.has(file)) return;
  const text = readFileSync(file, "utf8");
  kept.add(file);
  // What a declaration stands on it names by `from "./x.ts"` or `import("./x.ts")`; the compiler has left the ending as it was written or as .js.
  for (const [, path] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g))
    keep(resolve(dirname(file), path.replace(/\.[jt]s$/, ".d.ts")));
}
