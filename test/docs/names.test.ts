import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { beforeAll, expect, test } from "vitest";
import { allCommands, describeCommand } from "../../src/cli/completion/grammar.ts";
import { optionsOf } from "../../src/cli/completion/shared.ts";
import { keepEvidence } from "../../src/cli/evidence.ts";
import { createProgram } from "../../src/cli/program.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { readPage, readPages } from "./pages.ts";

// What a page sets in the letters of code has to be there: an option, a code, a setting, a field of JSON or of the libraries, a file.
const root = packageRoot();
const pages = [...readPages(), readPage(root, join("examples", "README.md"))];
const spans = pages.flatMap(({ path, code }) => code.map((text) => ({ path, text })));

/** Names of others, and whose they are. */
const ofOthers = new Map([
  ["--save-dev", "npm"],
  ["--no-verify-jwt", "supabase"],
  ["backoffPlan", "Vapi"],
  ["serverMessages", "Vapi"],
  ["POOLER_HOST", "whoever fills it in"],
]);

let options: ReadonlySet<string>;
let words: ReadonlySet<string>;
beforeAll(async () => {
  const output = new PassThrough();
  const streams = { stdin: output, stdout: output, stderr: output };
  const io = { ...streams, env: {}, cwd: () => "/", on: () => {}, off: () => {}, exit: () => {} };
  const rest = { evidence: keepEvidence(), onFinish: () => {} };
  const program = await createProgram({ args: [], io, signal: new AbortController().signal, ...rest });
  const commands = allCommands(await describeCommand(program));
  options = new Set(commands.flatMap(optionsOf).flatMap(({ names }) => names));
  const code = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter(
      (path) => /\.(?:ts|js|mjs|sql|json|yml|yaml|sh)$|^\.ci\/|^Dockerfile$/.test(path) && existsSync(join(root, path)),
    )
    .filter((path) => path !== "test/docs/names.test.ts")
    .map((path) => readFileSync(join(root, path), "utf8"));
  words = new Set(code.flatMap((text) => text.match(/--[a-z][a-z-]*|[A-Za-z_][A-Za-z0-9_]*/g) ?? []));
});

test("every option that a page names by itself is one of a command, of a bench, or of a program that is known", () => {
  const named = spans.flatMap(({ path, text }) => {
    const [option] = /^--?[a-z][a-z-]*/.exec(text) ?? [];
    return option === undefined ? [] : [{ path, option }];
  });
  expect(named.length).toBeGreaterThan(100);
  const isBench = ({ path, option }: { path: string; option: string }) =>
    /performance|CONTRIBUTING/.test(path) && words.has(option);
  const unknown = named.filter(
    ({ option }) => option.startsWith("--") && !options.has(option) && !ofOthers.has(option),
  );
  expect(unknown.filter((each) => !isBench(each))).toEqual([]);
});

test("every code and every setting that a page names is one of the code's", () => {
  const named = spans.filter(({ text }) => /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text));
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter(({ text }) => !words.has(text) && !ofOthers.has(text))).toEqual([]);
});

test("every field and every function that a page names is one of the code's", () => {
  // A changelog tells of names that are gone.
  const named = spans
    .filter(({ path }) => path !== "CHANGELOG.md")
    .flatMap(({ path, text }) => (text.match(/\b[a-z]+[A-Z][A-Za-z]*\b/g) ?? []).map((word) => ({ path, word })));
  expect(named.length).toBeGreaterThan(150);
  expect(named.filter(({ word }) => !words.has(word) && !ofOthers.has(word))).toEqual([]);
});

test("every file and folder of this project that a page names is there", () => {
  const named = spans.filter(({ text }) =>
    /^(?:\.ci|\.github|bench|bin|docs|examples|fixtures|man|migrations|scripts|sql|src|test|verify|web)\/[\w./-]*$/.test(
      text,
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ text }) => !existsSync(join(root, text)))).toEqual([]);
});

test("the newest version of the changelog is that of the package; what came since stands above it", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const headings = [...readFileSync(join(root, "CHANGELOG.md"), "utf8").matchAll(/^## (.+)$/gm)].map(
    ([, name]) => name,
  );
  expect(headings.filter((name) => name !== "Unreleased")[0]).toBe(version);
  expect(headings.indexOf("Unreleased")).toBeLessThanOrEqual(0);
});
