// Posts a report of `ssot verify --reporter markdown` as a comment of a pull request, or brings the one that is there up to date: for
// action.yml. node scripts/comment-on-pull-request.mjs FILE. Needs GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY, PULL_REQUEST; NAME tells
// several databases apart. A comment that cannot be written is a warning: the verdict is the gate's.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const { GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY, PULL_REQUEST, NAME = "", RUN_URL = "" } = process.env;
const marker = "<!-- ssot verify -->";
// GitHub refuses a longer one.
const mostLetters = 65_000;
const tries = 3;
const pageSize = 100;

const name = NAME.replace(/[^\w .-]/g, "");
const own = `${marker}\n<!-- of ${name} -->\n`;

async function ask(method, path, body) {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(`${GITHUB_API_URL}${path}`, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${GITHUB_TOKEN}`,
        "content-type": "application/json",
        "x-github-api-version": "2022-11-28",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    }).catch((error) => error);
    if (answer.ok) return answer.json();
    const away = answer.status === undefined || answer.status >= 500;
    if (!away || attempt === tries) throw new Error(answer.status ?? answer.cause?.code ?? answer.name);
    await sleep(500 * 2 ** attempt);
  }
}

// Anybody may write the marker into a comment: one of somebody who may not write here is left alone.
function isOurs({ body, user, author_association: standing }) {
  return body.startsWith(own) && (user?.type === "Bot" || ["OWNER", "MEMBER", "COLLABORATOR"].includes(standing));
}

async function findComment() {
  for (let page = 1; ; page += 1) {
    const path = `/repos/${GITHUB_REPOSITORY}/issues/${PULL_REQUEST}/comments?per_page=${pageSize}&page=${page}`;
    const comments = await ask("GET", path);
    const found = comments.find(isOurs);
    if (found !== undefined || comments.length < pageSize) return found;
  }
}

function bodyOf(text) {
  const report = text.replace(`${marker}\n`, "").trimEnd();
  // A comment of an earlier commit must not go on saying that all is well.
  const told = report === "" ? "### 🚫 ssot verify could not ask: see the job's log. Not safe to deploy." : report;
  const cut = told.length > mostLetters ? `${told.slice(0, mostLetters)}\n\n… the rest is in the job's summary.` : told;
  return `${own}${name === "" ? "" : `**${name}**\n\n`}${cut}${RUN_URL === "" ? "" : `\n\n[the run](${RUN_URL})`}`;
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

try {
  const body = bodyOf(read(process.argv[2] ?? ""));
  const there = await findComment();
  if (there === undefined) await ask("POST", `/repos/${GITHUB_REPOSITORY}/issues/${PULL_REQUEST}/comments`, { body });
  else await ask("PATCH", `/repos/${GITHUB_REPOSITORY}/issues/comments/${there.id}`, { body });
} catch (error) {
  const why = error.message === "403" ? "the token may not: permissions need pull-requests: write" : error.message;
  console.log(`::warning title=ssot verify::the pull request's comment could not be written (${why})`);
}
