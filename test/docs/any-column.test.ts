import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/db/connection.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { makeProject, type Project } from "../deprecate/wiki.ts";
import { createTestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";
import { type Fence, readPage } from "./pages.ts";

// The page's blocks are run in their order, in one folder, on one database.
const { fences } = readPage(packageRoot(), join("docs", "any-column.md"));
let project: Project;
/** What the last block of SQL gave, as a terminal shows it. */
let shown = "";

beforeAll(async () => {
  project = makeProject(await createTestDatabase({ template: "empty" }));
  mkdirSync(join(project.folder, "node_modules"));
  mkdirSync(join(project.folder, "verify"));
  symlinkSync(packageRoot(), join(project.folder, "node_modules", "ssot"));
});
afterAll(() => project.end());

async function letAMonthPass({ database: { sql } }: Project): Promise<void> {
  await sql`update ssot.column_audit set detected_at = detected_at - interval '40 days'`;
  await sql`update ssot.deprecated_write set written_at = written_at - interval '40 days'`;
  await sql`update ssot.ledger set run_on = run_on - interval '40 days'`;
}

async function runSql(text: string): Promise<void> {
  const lines: string[] = [];
  const { execute, close } = await connect(targetOf(project.database.url), {
    onNotice: ({ severity, message, hint }) => lines.push(`${severity}:  ${message}`, `HINT:  ${hint}`),
  });
  try {
    await execute("set search_path = public");
    const rows = await execute(text);
    shown = [...lines, ...rows.flatMap((row) => Object.values(row))].join("\n");
  } finally {
    await close();
  }
}

async function runCommands(text: string): Promise<void> {
  for (const line of text.split("\n")) {
    const [command = "", comment = ""] = line.split(/\s+# /);
    const [caller, ...words] = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, bare]) => quoted ?? bare ?? "",
    );
    expect(caller).toBe("ssot");
    const { exitCode, stdout, stderr } = await project.ssot(...words);
    expect([line, exitCode, stdout + stderr]).toEqual([
      line,
      Number(/^exit (\d+)$/.exec(comment)?.[1] ?? 0),
      stdout + stderr,
    ]);
  }
}

/** Runs each step of a workflow as a runner does; gives what is in the job's summary. */
function runWorkflow(text: string): string {
  const steps = [...text.matchAll(/^ *(?:- )?run: (?:\|\n((?: {10}.*\n?)+)|(.*))$/gm)].map(
    ([, block, line]) => block ?? line ?? "",
  );
  expect(steps.length).toBeGreaterThan(6);
  const summary = join(project.folder, "summary.md");
  for (const step of steps.filter((each) => each !== "npm ci")) {
    const npx = `npx() { shift 2; "${process.execPath}" "${join(packageRoot(), "bin", "ssot.js")}" "$@"; }`;
    const { status, stdout, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", `${npx}\n${step}`], {
      cwd: project.folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, DATABASE_URL: project.database.url, GITHUB_STEP_SUMMARY: summary },
    });
    expect([step, status, stdout + stderr]).toEqual([step, 0, stdout + stderr]);
  }
  return readFileSync(summary, "utf8");
}

const places: Readonly<Record<string, (fence: Fence) => void | Promise<void>>> = {
  sql: ({ text }) => runSql(text),
  sh: async ({ text, info }) => {
    if (info === "a-month-later") await letAMonthPass(project);
    await runCommands(text);
  },
  json: ({ text }) => project.write("ssot.config.json", text),
  js: ({ text }) => project.write("verify/wiki.mjs", text),
  yaml: ({ text }) => expect(runWorkflow(text)).toMatch(/^- `\d{14}_drop_pages_author_name` is due$/m),
  "": ({ text }) => expect(shown).toBe(text),
};

test("each block of the page does what the page says", async () => {
  for (const fence of fences) {
    const run = places[fence.language];
    if (run === undefined) throw new Error(`nobody runs ${fence.language}`);
    await run(fence);
  }
});
