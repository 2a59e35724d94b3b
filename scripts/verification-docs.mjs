// Writes docs/verification.md from the suites: node scripts/verification-docs.mjs [--check]. Needs a build.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defaultThreshold } from "../dist/src/checks/thresholds.js";
import { suites } from "../dist/verify/index.js";

const path = fileURLToPath(new URL("../docs/verification.md", import.meta.url));
const page = render();
if (!process.argv.includes("--check")) writeFileSync(path, page);
else if (readFileSync(path, "utf8") !== page) {
  console.error("docs/verification.md differs from the suites: node scripts/verification-docs.mjs writes it");
  process.exitCode = 1;
}

function render() {
  const checks = suites.flatMap((suite) => suite.checks.map((check) => ({ id: `${suite.id}.${check.id}`, check })));
  const quotes = checks.flatMap(({ id, check }) => (check.quotes ?? []).map((line) => [line, id]));
  const adjustable = checks.filter(({ check }) => usualOf(check) !== undefined);
  return `# Verification

\`ssot verify\` asks every claim below. Read-only checks share one snapshot, and all claims about the rows of a table one
scan. A probe (marked) calls the library's own functions in a transaction that is always rolled back, on rows of its own;
it is skipped, with the reason, on a read-only server, with \`--read-only\`, and where somebody's trigger would tell others.
A check that looked at nothing is a warning; one that could not run makes the exit code 3; so does a run that asked nothing.
How to put it before a deploy: [the gate](ci.md). This page is made by \`node scripts/verification-docs.mjs\`.

## From the mission document to its check

${table(
  ["the document says", "asserted by"],
  quotes.map(([line, id]) => [escapeCell(line), `\`${id}\``]),
)}

## The checks

${suites
  .map(
    (suite) =>
      `### \`${suite.id}\`: ${suite.title}\n\n${table(
        ["check", "claim"],
        suite.checks.map((check) => [`\`${check.id}\``, `${escapeCell(check.claim)}${marksOf(check)}`]),
      )}`,
  )
  .join("\n\n")}

## Thresholds

\`--threshold NAME=VALUE\`, or \`{"verify": {"thresholds": {"NAME": VALUE}}}\` in \`ssot.config.json\`. A share is 0 to 1 of the
rows that the claim is about. Every check that counts rows has one; these are not 1:

${table(
  ["name", "default", "unit"],
  adjustable
    .filter(({ check }) => usualOf(check) !== 1)
    .map(({ id, check }) => [
      `\`${id}\``,
      String(usualOf(check)),
      check.kind === "scan" ? "share, at least" : id === "coverage.trend" ? "share that may be lost" : "ms, below",
    ]),
)}

## Configuration

\`ssot.config.json\` in the working directory, or \`--config FILE\`; options of the command go before it.

\`\`\`json
{
  "verify": {
    "thresholds": { "coverage.inbound": 0.9 },
    "tenant": { "role": "authenticated", "settings": { "request.jwt.claims": "{\\"org_id\\":\\"{org}\\"}" } },
    "suites": "verify"
  }
}
\`\`\`

\`tenant\` is how \`security.tenant\` becomes a tenant: a role, and settings in which \`{org}\` stands for the organisation. The
default is Supabase's, with \`org_id\` at the top, in \`app_metadata\` and in \`user_metadata\`.

## A suite of your own

Each module of the folder \`--suites DIR\` exports one by default. A check is a statement that gives the rows which break the
claim, the shape of such a row, and how much was looked at. It is sent as one statement in a read-only transaction. Text in
rows is blanked unless it is an id, an enum, or \`plainText\`; \`--show-rows\` shows all.

\`\`\`js
import { defineCheck, defineSuite, plainText, sql, z } from "ssot/verify";

export default defineSuite({
  id: "house-rules",
  title: "what our team has agreed on",
  checks: [
    defineCheck({
      id: "scores-have-a-tier",
      claim: "every contact with a score has a tier",
      hint: "Set contacts.lead_status",
      row: z.object({ id: z.guid(), tier: plainText.nullable() }),
      population: sql\`select count(*) as population from public.contacts where lead_score is not null\`,
      sql: sql\`select id, lead_status as tier from public.contacts where lead_score is not null and lead_status is null order by id\`,
    }),
  ],
});
\`\`\`
`;
}

function usualOf(check) {
  return defaultThreshold(check);
}

function marksOf(check) {
  const marks = [...(check.kind === "probe" ? ["probe"] : []), ...(check.severity === "warn" ? ["a warning"] : [])];
  return marks.length === 0 ? "" : ` _(${marks.join(", ")})_`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function escapeCell(text) {
  return text.replace(/[|*_<>]/g, "\\$&");
}
