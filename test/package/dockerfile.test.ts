import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { readStages } from "./dockerfile.ts";

const stages = readStages();
const all = stages.flatMap(({ instructions }) => instructions);
const of = (name: string): readonly string[] => all.filter((each) => each.name === name).map(({ rest }) => rest);

test("each stage begins at a version of the oldest supported Node or a newer one, never at latest", () => {
  expect(stages.length).toBe(2);
  for (const { base } of stages) {
    const [, major] = /^node:(\d+)-bookworm-slim$/.exec(base) ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(20);
  }
});

test("the image runs as a user without rights, by a program that gets its signals", () => {
  const last = stages.at(-1)?.instructions ?? [];
  expect(last.filter(({ name }) => name === "USER").map(({ rest }) => rest)).toEqual(["node"]);
  const user = last.findIndex(({ name }) => name === "USER");
  expect(last.slice(user + 1).map(({ name }) => name)).toEqual(["ENTRYPOINT", "CMD"]);
  // Without a shell in between, which would keep an interrupt to itself.
  for (const rest of [...of("ENTRYPOINT"), ...of("CMD")]) expect(Array.isArray(JSON.parse(rest))).toBe(true);
});

test("it keeps the rules of a Dockerfile: whole folders, COPY, no shell tricks, nothing secret", () => {
  expect(
    all.map(({ name }) => name).filter((name) => /^(?:ADD|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL)$/.test(name)),
  ).toEqual([]);
  for (const rest of of("WORKDIR")) expect(rest).toMatch(/^\//);
  for (const rest of of("RUN")) expect(rest).not.toMatch(/\bsudo\b|\bcd \b|\||curl|wget|apt/);
  for (const rest of [...of("ENV"), ...of("ARG")]) expect(rest).not.toMatch(/PASS|TOKEN|SECRET|KEY|URL/i);
  for (const { alias, instructions } of stages) {
    // A folder as the target ends in a slash; with several sources it has to.
    for (const { rest } of instructions.filter(({ name }) => name === "COPY"))
      expect([alias, rest]).toEqual([alias, expect.stringMatching(/\/$/)]);
    const from = instructions.flatMap(({ rest }) => /^--from=(\S+)/.exec(rest)?.[1] ?? []);
    expect(from.filter((name) => !stages.some((stage) => stage.alias === name))).toEqual([]);
  }
  expect(of("RUN").find((rest) => rest.startsWith("npm"))).toBe(
    "npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund",
  );
});

test("what it copies is there, and .dockerignore lets it pass and nothing else", () => {
  const root = packageRoot();
  const lines = readFileSync(join(root, ".dockerignore"), "utf8").trim().split("\n");
  expect(lines[0]).toBe("*");
  const copied = of("COPY").flatMap((rest) => (rest.startsWith("--from") ? [] : rest.split(/ +/).slice(0, -1)));
  for (const path of copied) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  const passed = lines.slice(1).map((line) => line.replace(/^!/, ""));
  expect(passed.toSorted()).toEqual([...new Set(copied.map((path) => path.split("/")[0] ?? ""))].toSorted());
});
