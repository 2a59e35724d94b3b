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
it is skipped, with the reason, on a read-only server and with \`--read-only\`. Where somebody's trigger would tell others, probes run
on empty copies of the tables, with their CHECKs, indexes and BEFORE ROW triggers; where no copy can be made, one of them says so and the exit
code is 3. A check that looked at nothing is skipped, all of them in one line, and needs a look only where the last recorded run had
looked at something. One that could not run makes the exit code 3; so does a run that asked nothing. What is broken because of
another broken claim names it (\`because of …\`) and is skipped: one cause, one red check. A suite that is judged from a day on warns
before of what would be broken on it.
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

## What is not asked

- What an AFTER trigger of somebody's does to a call, such as taking its contact away: it may tell others and is not run. The calls that
  it spoils are found in the data.
- Functions that tenants may call: their text is read (\`security.definer-reads\`), they are never called. A text that asks for anything of
  the caller is believed; so are functions that give single values.
- Views that run functions of roles that nobody trusts, or volatile ones: they are named by \`security.tenant-views\` and not asked.
- Tenants beside the first three and the one of the latest call; rows beyond 500 of a view, 50 of a table that a policy is asked about.
- A single wrong link, and few of them in an organisation: a contact may have a new number. Names that are reset where no good run was recorded, or
  fewer than three of an organisation, or a tenth: staff may have done it.
- Calls without a number below fifty in a week, and where there were half as many before: anonymous callers are ordinary. They are counted by
  \`coverage.unlinked\`.
- Calls since the migration without contact, as many numbers as contacts were deleted in their organisation since: deletes are counted, not remembered.
- On copies of the tables and without the right to set \`session_replication_role\`: probes that write to the audit, and those that delete.
- Whoever owns the tables can forge what verify reads: the ledger, the journal's rows, its own recorded runs.

## Thresholds

\`--threshold NAME=VALUE\`, or \`{"verify": {"thresholds": {"NAME": VALUE}}}\` in \`ssot.config.json\`. A share is 0 to 1 of the
rows that the claim is about. Every check that counts rows has one; these are not 1:

${table(
  ["name", "default", "unit"],
  adjustable
    .filter(({ check }) => usualOf(check) !== 1)
    .map(({ id, check }) => [`\`${id}\``, String(usualOf(check)), unitOf(id, check)]),
)}

## Configuration

\`ssot.config.json\` in the working directory, or \`--config FILE\`; options of the command go before it.

\`\`\`json
{
  "verify": {
    "thresholds": { "coverage.inbound": 0.8 },
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

function unitOf(id, check) {
  if (check.kind === "scan" || id === "integrity.right-contact") return "share, at least";
  return id.startsWith("coverage.") ? "share that may be lost" : "ms, below";
}
