import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { renderMarkdown } from "../../src/report/verify/markdown.ts";
import { context, report } from "../report/verify-report.ts";

// The action's own step, run by bash as a runner runs it, before a server that keeps comments as GitHub's does.
const action = readFileSync(join(packageRoot(), "action.yml"), "utf8");
const [, step = ""] = /name: comment\n[\s\S]*? {6}run: \|\n((?: {8}.*\n?)+)/.exec(action) ?? [];
const script = step.replace(/^ {8}/gm, "");
const folder = mkdtempSync(join(tmpdir(), "ssot-comment-"));
const markdown = `${renderMarkdown(report, context)}\n`;

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly type: string };
  readonly author_association: string;
}

let server: Server;
let comments: Comment[] = [];
let requests: string[] = [];
/** Status codes that the next requests get instead of an answer. */
let refusals: number[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    requests.push(`${request.method} ${request.url}`);
    const refused = request.headers.authorization === "Bearer good" ? refusals.shift() : 403;
    const body = text === "" ? "" : JSON.parse(text).body;
    const page = Number(new URL(request.url ?? "", "http://h").searchParams.get("page") ?? 1);
    if (refused === undefined && request.method === "POST") add(body, "Bot");
    const changed = comments.find(({ id }) => request.url?.endsWith(`/${id}`));
    if (refused === undefined && request.method === "PATCH" && changed !== undefined) changed.body = body;
    response.writeHead(refused ?? 200, { "content-type": "application/json" });
    response.end(JSON.stringify(request.method === "GET" ? comments.slice(100 * (page - 1), 100 * page) : {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

beforeEach(() => {
  [comments, requests, refusals] = [[], [], []];
  writeFileSync(join(folder, "ssot-verify.md"), markdown);
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function add(body: string, type: "Bot" | "User", standing = "NONE"): void {
  comments.push({ id: comments.length + 1, body, user: { type }, author_association: standing });
}

async function comment(changes: Readonly<Record<string, string>> = {}) {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    env: {
      PATH: process.env.PATH ?? "",
      GITHUB_ACTION_PATH: packageRoot(),
      RUNNER_TEMP: folder,
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: "team/app",
      GITHUB_TOKEN: "good",
      PULL_REQUEST: "7",
      NAME: "",
      RUN_URL: "https://example.com/run",
      ...changes,
    },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk));
  const [exitCode] = await once(child, "close");
  return { exitCode, output };
}

test("the first run posts a comment, the next ones bring it up to date, however many others there are", async () => {
  for (let n = 0; n < 130; n += 1) add(`comment ${n}`, "User");
  expect(await comment()).toEqual({ exitCode: 0, output: "" });
  expect(comments).toHaveLength(131);
  expect(comments.at(-1)?.body).toContain("1 of 4 claims is broken");
  writeFileSync(join(folder, "ssot-verify.md"), markdown.replace("1 of 4 claims is broken", "The 4 claims hold"));
  expect(await comment()).toEqual({ exitCode: 0, output: "" });
  expect(comments).toHaveLength(131);
  expect(comments.at(-1)?.body).toContain("The 4 claims hold");
  expect(requests.filter((request) => !request.startsWith("GET"))).toEqual([
    "POST /repos/team/app/issues/7/comments",
    "PATCH /repos/team/app/issues/comments/131",
  ]);
});

test("databases with names have comments of their own", async () => {
  await comment({ NAME: "staging" });
  await comment({ NAME: "production" });
  await comment({ NAME: "staging" });
  expect(comments.map(({ body }) => /\*\*(\w+)\*\*/.exec(body)?.[1])).toEqual(["staging", "production"]);
});

test("a stranger's comment with the marker is left alone, a member's is ours", async () => {
  await comment();
  const body = comments[0]?.body ?? "";
  comments = [];
  add(body, "User");
  await comment();
  expect([comments.length, comments[0]?.body]).toEqual([2, body]);
  comments = [];
  add(body, "User", "MEMBER");
  await comment();
  expect(comments).toHaveLength(1);
});

test("a run without a report says so in the place of what an earlier one said", async () => {
  await comment();
  rmSync(join(folder, "ssot-verify.md"));
  await comment();
  expect(comments).toHaveLength(1);
  expect(comments[0]?.body).toContain("could not ask");
});

test("a server that is away is asked again; a token that may not is a warning, and no failure", async () => {
  refusals = [502];
  expect(await comment()).toEqual({ exitCode: 0, output: "" });
  expect(comments).toHaveLength(1);
  const refused = await comment({ GITHUB_TOKEN: "bad" });
  expect(refused.exitCode).toBe(0);
  expect(refused.output).toMatch(/^::warning .*pull-requests: write\)\n$/);
  expect(refused.output).not.toContain("bad");
});
