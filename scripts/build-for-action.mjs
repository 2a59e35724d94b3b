// Builds dist/ where nothing is installed that is for development: with the compiler alone, of the version and the checksum that
// the lock names. Types were checked where the code was changed. Does nothing where a build is there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
if (!existsSync(join(root, "dist", "src", "cli", "run.js"))) {
  const tools = mkdtempSync(join(tmpdir(), "ssot-build-"));
  try {
    const { dev, ...compiler } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages[
      "node_modules/typescript"
    ];
    const project = { name: "build", dependencies: { typescript: compiler.version } };
    const packages = { "": project, "node_modules/typescript": compiler };
    write(join(tools, "package.json"), { ...project, private: true });
    write(join(tools, "package-lock.json"), { name: "build", lockfileVersion: 3, requires: true, packages });
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", tools]);
    write(join(tools, "tsconfig.json"), {
      extends: join(root, "tsconfig.build.json"),
      compilerOptions: { types: [], noCheck: true, declaration: false, rootDir: root, outDir: join(root, "dist") },
      include: ["src", "verify", "fixtures"].map((folder) => join(root, folder)),
    });
    run(process.execPath, [join(tools, "node_modules", "typescript", "lib", "tsc.js"), "-p", tools]);
  } finally {
    rmSync(tools, { recursive: true, force: true });
  }
}

function write(file, value) {
  writeFileSync(file, JSON.stringify(value));
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`${program} ${args[0]}: ${error?.message ?? `exit ${status}`}`);
}
