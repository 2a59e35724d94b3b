import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";

interface Entry {
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}

interface Lock {
  lockfileVersion: number;
  packages: Record<string, Entry & { dependencies?: Record<string, string> }>;
}

const folder = mkdtempSync(join(tmpdir(), "ssot-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function audit(tamper?: (lock: Lock) => void) {
  const lock: Lock = JSON.parse(readFileSync(join(packageRoot(), "package-lock.json"), "utf8"));
  tamper?.(lock);
  const file = join(folder, "package-lock.json");
  writeFileSync(file, JSON.stringify(lock));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/audit-lock.mjs", file], {
    cwd: packageRoot(),
    encoding: "utf8",
  });
  return { status, stdout, problems: stderr.trim().split("\n").filter(Boolean) };
}

function entry({ packages }: Lock, name: string): Entry {
  const found = packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`expected ${name} in the lock`);
  return found;
}

test("the lock as it is passes, and all of it was read", () => {
  const { status, stdout, problems } = audit();
  expect({ status, problems }).toEqual({ status: 0, problems: [] });
  const [, all = "0", shipped = "0"] = /^lock: (\d+) packages, (\d+) of them shipped/.exec(stdout) ?? [];
  expect(Number(all)).toBeGreaterThan(300);
  expect(Number(shipped)).toBeGreaterThan(15);
});

test.each<[string, (lock: Lock) => void, string]>([
  [
    "an address without TLS",
    (lock) => Object.assign(entry(lock, "hono"), { resolved: "http://registry.npmjs.org/hono/-/hono-4.13.19.tgz" }),
    "hono, which is shipped: not from the registry over https: http://registry.npmjs.org/hono/-/hono-4.13.19.tgz",
  ],
  [
    "an address of another server",
    (lock) =>
      Object.assign(entry(lock, "vitest"), {
        resolved: "https://registry.npmjs.org.example.com/vitest/-/vitest-4.1.12.tgz",
      }),
    "vitest: not from the registry over https: https://registry.npmjs.org.example.com/vitest/-/vitest-4.1.12.tgz",
  ],
  [
    "a version that is an address",
    (lock) => Object.assign(entry(lock, "pg"), { version: "https://example.com/pg.tgz" }),
    "pg, which is shipped: not from the registry over https: version https://example.com/pg.tgz",
  ],
  ["no integrity", (lock) => delete entry(lock, "zod").integrity, "zod, which is shipped: no sha512 integrity: none"],
  [
    "a weak integrity",
    (lock) => Object.assign(entry(lock, "knip"), { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }),
    "knip: no sha512 integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
  ],
  [
    "a script that nobody accepted",
    (lock) => Object.assign(entry(lock, "chalk"), { hasInstallScript: true }),
    "chalk, which is shipped: runs a script at its installation, and nobody has said why",
  ],
  [
    "an accepted name that is another package",
    (lock) => Object.assign(entry(lock, "ssh2"), { name: "evil" }),
    "evil: runs a script at its installation, and nobody has said why",
  ],
  [
    "a shipped package from git",
    (lock) =>
      Object.assign(entry(lock, "postgres"), { resolved: "git+ssh://git@github.com/porsager/postgres.git#0123456" }),
    "postgres, which is shipped: comes from git+ssh://git@github.com/porsager/postgres.git#0123456",
  ],
  [
    "a shipped package from a file",
    (lock) => Object.assign(entry(lock, "ignore"), { resolved: "file:../ignore.tgz" }),
    "ignore, which is shipped: comes from file:../ignore.tgz",
  ],
  [
    "a shipped package that is a linked folder",
    (lock) => Object.assign(entry(lock, "commander"), { link: true, resolved: "../commander" }),
    "commander, which is shipped: comes from a folder: ../commander",
  ],
  [
    "a dependency that floats",
    (lock) => Object.assign(lock.packages[""]?.dependencies ?? {}, { pg: "^8.0.0" }),
    "pg: a dependency without an exact version: ^8.0.0",
  ],
  [
    "a dependency that is not locked",
    (lock) => delete lock.packages["node_modules/cli-table3"],
    "cli-table3: a dependency that the lock does not know",
  ],
  [
    "a lock of another shape",
    (lock) => Object.assign(lock, { lockfileVersion: 1 }),
    "the lock cannot be read: lockfileVersion 1, ",
  ],
])("%s is named, and fails", (_, tamper, said) => {
  const { status, problems } = audit(tamper);
  expect(status).toBe(1);
  expect(problems.filter((problem) => problem.startsWith(said))).toHaveLength(1);
  // The other lines tell of the same damage, never of anything else.
  expect(problems.length).toBeLessThanOrEqual(2);
});
