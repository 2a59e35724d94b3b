import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { exitCodes } from "../../src/model/errors.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { createJudge } from "./commands.ts";
import { readPages } from "./pages.ts";

const pages = readPages();
const root = packageRoot();
const textOf = (path: string) => pages.find((page) => page.path === path)?.text ?? "";

test("every command and option that a page names exists", async () => {
  const judge = await createJudge();
  expect(judge("ssot migrate --dry-run && ssot verify coverage --fail-on warn")).toEqual([]);
  expect(judge("ssot migrate --rehearse")).toEqual(["ssot migrate --rehearse: there is no option --rehearse here"]);
  expect(judge("first ssot undo")).toEqual(["first ssot undo: there is no command undo"]);
  const called = pages.flatMap(({ code }) => code).filter((line) => /\bssot [a-z]/.test(line));
  expect(called.length).toBeGreaterThan(60);
  expect(pages.flatMap(({ path, code }) => code.flatMap(judge).map((what) => `${path}: ${what}`))).toEqual([]);
});

test("no page has npx fetch a package of our name from the registry, where it is nobody's yet", () => {
  const lines = pages.flatMap(({ path, text }) => text.split("\n").map((line) => `${path}: ${line}`));
  expect(lines.filter((line) => line.includes("npx --no-install ssot")).length).toBeGreaterThan(5);
  expect(lines.filter((line) => /\bnpx (?!--no-install )/.test(line) && !/npx (?:vitest|biome)\b/.test(line))).toEqual(
    [],
  );
});

test("every npm script that a page names exists", async () => {
  const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
  const named = pages.flatMap(({ path, code }) =>
    code.flatMap((line) => [...line.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, script]) => `${path}: ${script}`)),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !Object.keys(manifest.scripts).includes(name.split(": ")[1] ?? ""))).toEqual([]);
});

test("every link of every page leads somewhere", () => {
  const broken = pages.flatMap(({ path, links, anchors }) =>
    links.flatMap((link) => {
      if (/^(https?:|mailto:)/.test(link)) return [];
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(root, target))) return [`${path}: ${link}`];
      if (anchor === undefined) return [];
      const there = file === "" ? anchors : pages.find((page) => page.path === target)?.anchors;
      return there?.has(anchor) ? [] : [`${path}: ${link}`];
    }),
  );
  expect(pages.flatMap(({ links }) => links).length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});

test("every page of docs is linked from the README", () => {
  const readme = pages.find(({ path }) => path === "README.md");
  const pagesOfDocs = pages.filter(({ path }) => path.startsWith("docs")).map(({ path }) => path);
  expect(pagesOfDocs.filter((path) => !readme?.links.some((link) => link.split("#")[0] === path))).toEqual([]);
});

test("docs/errors.md tells each code with the exit code that it has, and no other", () => {
  const rows = [...textOf("docs/errors.md").matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)].map(([, code, exit]) => [
    code,
    Number(exit),
  ]);
  const documented = new Map(rows.map(([code, exit]) => [String(code), Number(exit)]));
  const ofLibraries = new Set([
    "PAYLOAD_INVALID",
    "REQUEST_INVALID",
    "BODY_TOO_LARGE",
    "BODY_TOO_SLOW",
    "BODIES_TOO_MANY",
    "UNKNOWN_ORGANISATION",
    "DISPUTED_ORGANISATION",
    "CALL_OF_ANOTHER_ORGANISATION",
    "DATABASE_UNAVAILABLE",
    "HOOK_FAILED",
    "OTHERWISE_FAILED",
    "NO_ANSWER",
  ]);
  for (const [code, exit] of Object.entries(exitCodes)) {
    if (ofLibraries.has(code)) expect([code, (documented.get(code) ?? 0) >= 400]).toEqual([code, true]);
    else expect([code, rows.some(([name, found]) => name === code && found === exit)]).toEqual([code, true]);
  }
  expect([...documented.keys()].filter((code) => !(code in exitCodes))).toEqual(["BUG"]);
});
