import { expect, test } from "vitest";
import type { PlanReport } from "../../src/core/plan.ts";
import type { StatusReport } from "../../src/core/status.ts";
import { renderError } from "../../src/report/render-error.ts";
import { renderMigrate } from "../../src/report/render-migrate.ts";
import { renderPlan } from "../../src/report/render-plan.ts";
import { renderRollback, renderRollbackPlan } from "../../src/report/render-rollback.ts";
import { renderStatus } from "../../src/report/render-status.ts";
import { createStyle } from "../../src/report/style.ts";
import { plain } from "./styles.ts";

const step = { sql: "select 1", transactional: true, rows: null };
const planReport: PlanReport = {
  command: "migrate",
  dryRun: true,
  applied: [],
  target: { host: "db.example.com", port: 5432, database: "voxanne", user: "deploy" },
  serverVersion: 170004,
  tables: [
    { table: "calls", rows: 1204331, bytes: 851443712 },
    { table: "contacts", rows: 0, bytes: 16384 },
  ],
  pending: [
    {
      name: "20260209000100_backfill_contact_ids",
      phase: 1,
      effects: { callsLinked: 422544, callsUnlinked: 1910 },
      steps: [
        { ...step, name: "bookkeeping", lock: "none on your tables", blocks: "nothing" },
        {
          ...step,
          name: "index",
          lock: "SHARE UPDATE EXCLUSIVE on calls",
          blocks: "vacuum of calls",
          transactional: false,
        },
        {
          ...step,
          name: "link_calls",
          lock: "ROW EXCLUSIVE on calls",
          blocks: "writers of a batch",
          rows: 422544,
          sql: "call ssot.link_calls()",
        },
      ],
    },
    {
      name: "20260209000300_create_calls_view",
      phase: 1,
      effects: {},
      steps: [{ ...step, name: "view", lock: "none on your tables", blocks: "nothing" }],
    },
  ],
  held: [{ name: "20260309000000_drop_deprecated_columns", reasons: ["not before 2026-12-22", "2 writers"] }],
  triggers: [],
  contactRoles: [],
  unfixable: { count: 0, ids: [], contacts: [] },
  view: { former: null, further: [], madeAgain: [] },
  obstacles: [],
  cautions: [],
  notTried: [],
  rolesWithoutContacts: [],
  unlinked: { noNumber: 10, withheldNumber: 900, noContact: 1000 },
  blockers: [],
  answers: [],
};
const view = { verbose: false, apply: "ssot migrate", answer: ["ssot migrate"], triggersFire: false };

test("a plan names rows and the strongest lock of each migration, and ends with the next command", () => {
  expect(renderPlan(planReport, plain(), view)).toMatchInlineSnapshot(`
    "tables  calls about 1,204,331 rows, 812 MB · contacts 16 kB

      20260209000100  backfill_contact_ids     online
          422,544 calls linked · 1,910 stay unlinked
          unlinked  10 without a number · 900 with a withheld number · 1,000 whose
                    number no contact has
          lock  SHARE UPDATE EXCLUSIVE on calls; blocks vacuum of calls
      20260209000300  create_calls_view        catalog only
          no row is changed
          lock  none on your tables
      20260309000000  drop_deprecated_columns  held
          not before 2026-12-22
          2 writers

    Nothing was changed. See every step and its SQL with -v. Apply with:
    ssot migrate"
  `);
});

test("a verbose plan shows each step with its lock and its SQL", () => {
  const text = renderPlan(planReport, plain(), { ...view, verbose: true });
  expect(text).toContain(
    "      step link_calls, one transaction, 422,544 rows\n      lock  ROW EXCLUSIVE on calls; blocks writers of a batch\n        call ssot.link_calls()\n",
  );
  expect(text).toContain("      step index, commits by itself\n");
});

test("a plan says what would stop the run, and what to know before it", () => {
  const text = renderPlan(
    {
      ...planReport,
      unfixable: {
        count: 3,
        ids: ["c1", "c2"],
        contacts: [
          { id: "c1", reason: "too short" },
          { id: "c2", reason: "not a number" },
        ],
      },
      triggers: [
        { table: "contacts", name: "touch", when: "BEFORE UPDATE", harmless: true },
        { table: "contacts", name: "tell", when: "AFTER UPDATE", harmless: false },
      ],
      rolesWithoutContacts: ["reader"],
    },
    plain(),
    view,
  ).replaceAll(/\s+/g, " ");
  expect(text).toContain("3 contacts have a number that cannot be read: c1 (too short), c2 (not a number) and 1 more.");
  expect(text).toContain("contacts.touch (BEFORE UPDATE) will fire");
  expect(text).toContain(
    "contacts.tell (AFTER UPDATE) would fire on rows that are changed; ssot migrate stops there unless --user-triggers fire",
  );
  expect(text).toContain("grant select on public.contacts to reader");
});

test("a plan lists what would stop the run together, and the one command that answers all of it", () => {
  const answers = [
    "--user-triggers fire",
    "--trust-role ann",
    "--on-unfixable-phone quarantine",
    "--replace-view",
  ] as const;
  const blockers = answers.map((option) => ({ what: `what ${option} answers`, option }));
  const answer = ["ssot migrate", ...answers];
  const end = (report: PlanReport): string =>
    renderPlan(report, plain(), { ...view, answer }).slice(
      renderPlan(report, plain(), { ...view, answer }).indexOf("stop "),
    );
  expect(end({ ...planReport, blockers, answers })).toMatchInlineSnapshot(`
    "stop    4 things stop ssot migrate. When you have looked at all of them, one
            command answers:
            ssot migrate --user-triggers fire --trust-role ann \\
              --on-unfixable-phone quarantine --replace-view

    Nothing was changed. See every step and its SQL with -v."
  `);
  const further = [...blockers, { what: "a name is taken", option: null }];
  expect(end({ ...planReport, blockers: further, answers })).toMatchInlineSnapshot(`
    "stop    5 things stop ssot migrate; 1 of them has to be mended first. What is
            left is answered by:
            - a name is taken
            ssot migrate --user-triggers fire --trust-role ann \\
              --on-unfixable-phone quarantine --replace-view

    Nothing was changed. See every step and its SQL with -v."
  `);
  expect(end({ ...planReport, blockers: further.slice(-1), answers: [] })).toMatchInlineSnapshot(`
    "stop    1 thing stops ssot migrate, and has to be mended first.
            - a name is taken

    Nothing was changed. See every step and its SQL with -v."
  `);
});

test("a plan that is to be applied gently says how long that may take", () => {
  expect(renderPlan(planReport, plain(), { ...view, gentle: true }).replaceAll("\n", " ")).toMatch(
    /Gently it may take five times as long as alone\.$/,
  );
  expect(renderPlan(planReport, plain(), view)).not.toContain("five times");
});

test("a plan without anything pending says so", () => {
  expect(lastLine(renderPlan({ ...planReport, pending: [], held: [] }, plain(), view))).toBe(
    "Nothing is pending. Nothing was changed.",
  );
  expect(lastLine(renderPlan({ ...planReport, pending: [] }, plain(), view))).toBe(
    "Nothing but the drop is open, and it is held. Nothing was changed. Check with:\nssot status",
  );
});

test("where nothing is pending a plan tells the calls that came since, and why others stay unlinked", () => {
  const nothing = { ...planReport, pending: [], held: [], unlinked: {} };
  const last = (report: PlanReport): string => lastLine(renderPlan(report, plain(), view)).replaceAll("\n", " ");
  expect(last({ ...nothing, effects: { callsLinked: 0 } })).toBe(
    "Nothing is pending, and no call waits to be linked. Nothing was changed.",
  );
  expect(last({ ...nothing, effects: { callsLinked: 3 }, unlinked: { noNumber: 2, withheldNumber: 1200 } })).toBe(
    "Nothing is pending. 3 calls that came since would be linked. Calls that stay unlinked: 2 without a number · 1,200 with a withheld number. Nothing was changed. Apply with: ssot migrate",
  );
});

test("a run lists what it applied and what waits", () => {
  const text = renderMigrate(
    {
      command: "migrate",
      dryRun: false,
      pending: [],
      applied: [
        { name: "20260209000100_backfill_contact_ids", phase: 1, durationMs: 14200, effects: { callsLinked: 422544 } },
        { name: "20260209000300_create_calls_view", phase: 1, durationMs: 13, effects: {} },
      ],
      held: planReport.held,
    },
    plain(),
  );
  expect(text).toMatchInlineSnapshot(`
    "  20260209000100  backfill_contact_ids     applied  14 s
          422,544 calls linked
      20260209000300  create_calls_view        applied  13 ms
      20260309000000  drop_deprecated_columns  held
          not before 2026-12-22
          2 writers

    2 migrations applied in 14 s. Prove it with: ssot verify --record"
  `);
});

test.each([
  [undefined, "Nothing is pending. Nothing was changed. Check with: ssot status"],
  [0, "Nothing is pending, and no call waits to be linked. Check with: ssot status"],
  [1, "Nothing is pending. 1 call that came since was linked. Check with: ssot status"],
  [1200, "Nothing is pending. 1,200 calls that came since were linked. Check with:\nssot status"],
])("a run without anything pending tells what it caught up: %s", (caughtUp, verdict) => {
  const report = { command: "migrate", dryRun: false, pending: [], applied: [], held: [] } as const;
  expect(renderMigrate({ ...report, ...(caughtUp === undefined ? {} : { caughtUp }) }, plain())).toBe(verdict);
});

test("a rollback tells what is back and what was kept", () => {
  const text = renderRollback(
    {
      command: "rollback",
      dryRun: false,
      rolledBack: [
        {
          name: "20260209000200_validate_contact_names",
          durationMs: 3300,
          restored: { namesReplaced: 7577 },
          kept: { namesReplaced: 2 },
          unrestorable: {},
          lost: { indexes: 1 },
        },
        {
          name: "20260209000100_backfill_contact_ids",
          durationMs: 1000,
          restored: { callsLinked: 6 },
          kept: {},
          unrestorable: {},
          lost: {},
        },
      ],
    },
    plain(),
  );
  expect(text).toMatchInlineSnapshot(`
    "  20260209000200  validate_contact_names  taken back  3.3 s
          restored  7,577 names
          kept      2 names, changed since
          goes      1 index
      20260209000100  backfill_contact_ids    taken back  1 s
          restored  6 links of calls

    2 migrations taken back in 4.3 s; 7,583 values are back; 2 values are kept:
    changed since, the originals are in ssot.unrestored. Check with: ssot status"
  `);
  expect(renderRollback({ command: "rollback", dryRun: false, rolledBack: [] }, plain())).toBe(
    "Nothing is applied that could be taken back. Nothing was changed.",
  );
});

const takenBack = { name: "20260209000100_backfill_contact_ids", durationMs: 1000 } as const;
const no = { restored: {}, kept: {}, unrestorable: {}, lost: {} } as const;

test.each([
  [{ ...no, restored: { callsLinked: 6 } }, "every value they had changed is back"],
  [{ ...no, lost: { views: 1 } }, "no value had to be put back"],
  [
    { ...no, lost: { auditRows: 1 } },
    "no value had to be put back; the evidence that is listed as lost went with them",
  ],
  [{ ...no, unrestorable: { callsLinked: 6 } }, "6 values are gone: nothing is kept of what they were"],
  [
    { restored: { callsLinked: 3 }, kept: { callsLinked: 2 }, unrestorable: { callsLinked: 1 }, lost: {} },
    "3 values are back; 2 values are kept: changed since, the originals are in ssot.unrestored; 1 value is gone: nothing is kept of what they were",
  ],
])("the last line of a rollback says no more than was counted: %j", (counts, outcome) => {
  const report = { command: "rollback", dryRun: false, rolledBack: [{ ...takenBack, ...counts }] } as const;
  const last = renderRollback(report, plain()).split("\n\n").at(-1)?.replaceAll("\n", " ");
  expect(last).toBe(`1 migration taken back in 1 s; ${outcome}. Check with: ssot status`);
});

test("a rollback's plan tells what comes back, stays, is gone and is lost, and ends with the command that does it", () => {
  const pending = [
    {
      name: "20260209000400_mark_deprecated",
      ...no,
      lost: { auditRows: 1204, startDates: 2 },
      columns: [],
      steps: ["remove_audit"],
    },
    {
      name: "20260209000100_backfill_contact_ids",
      restored: { callsLinked: 6 },
      kept: { callsLinked: 1 },
      unrestorable: { callsLinked: 2 },
      lost: { indexes: 2, linksOfLaterCalls: 3 },
      columns: [{ column: "calls.contact_id", kind: "callsLinked", restored: 6, kept: 1, unrestorable: 2 }],
      steps: ["unlink_calls"],
    },
  ];
  const stays = { schema: true, originals: 1 };
  const report = { command: "rollback", dryRun: true, rolledBack: [], pending, stays } as const;
  expect(renderRollbackPlan(report, plain(), { verbose: true, apply: "ssot rollback" })).toMatchInlineSnapshot(`
    "  20260209000400  mark_deprecated       would be taken back
          lost      1,204 audited writes · 2 start dates of deprecations
          step remove_audit
      20260209000100  backfill_contact_ids  would be taken back
          restored  6 links of calls
          kept      1 link of a call, changed since
          gone      2 links of calls: nothing is kept of what they were
          lost      3 links of calls that came since
          goes      2 indexes
          column calls.contact_id: 6 restored, 1 kept, 2 gone
          step unlink_calls

    Schema ssot would stay, with 1 original in ssot.unrestored. Rows that came since
    stay, as somebody wrote them.
    Nothing was changed. Take back with: ssot rollback"
  `);
});

const migration = { phase: 1, appliedAt: new Date("2026-11-23T08:16:40Z"), heldBecause: [], due: false } as const;
const statusReport: StatusReport = {
  command: "status",
  migrations: [
    { ...migration, name: "20260209000100_backfill_contact_ids", state: "applied" },
    {
      ...migration,
      name: "20260309000000_drop_deprecated_columns",
      phase: 3,
      state: "held",
      appliedAt: null,
      heldBecause: ["not before 2026-12-23"],
    },
  ],
  deprecated: [
    {
      table: "calls",
      column: "caller_name",
      since: new Date("2026-11-23T08:16:40Z"),
      dropAfter: new Date("2026-12-23T08:16:40Z"),
      replacement: "calls_with_caller_names.resolved_caller_name",
    },
  ],
};

test("status shows where each migration stands and what is deprecated", () => {
  expect(renderStatus(statusReport, plain())).toMatchInlineSnapshot(`
    "  20260209000100  backfill_contact_ids     applied  2026-11-23 08:16 UTC
      20260309000000  drop_deprecated_columns  held
          not before 2026-12-23

      deprecated         drop from   use instead
      calls.caller_name  2026-12-23  calls_with_caller_names.resolved_caller_name

    1 applied, none pending. The drop is held; when nothing holds it:
    ssot migrate --phase 3"
  `);
});

test.each([
  ["pending", {}, "Nothing is applied, 1 pending. Look first with: ssot migrate --dry-run"],
  ["partial", { interrupted: "migrate" }, "20260209000100_x is half-way. Go on with: ssot migrate"],
  ["partial", { interrupted: "rollback" }, "20260209000100_x is half-way. Go on with: ssot rollback"],
  [
    "changed",
    {},
    "1 applied migration differs from its file. Restore the files from the version of\nssot that applied them.",
  ],
  [
    "missing",
    {},
    "1 applied migration differs from its file. Restore the files from the version of\nssot that applied them.",
  ],
  ["applied", {}, "The one migration is applied."],
] as const)("status of something %s names what to do: %j", (state, more, verdict) => {
  const migrations = [{ ...migration, name: "20260209000100_x", state, ...more }];
  expect(lastLine(renderStatus({ ...statusReport, deprecated: [], migrations }, plain()))).toBe(verdict);
});

test("status says that a drop may run, and does not call it held, once its gate is open", () => {
  const [applied, held] = statusReport.migrations;
  if (applied === undefined || held === undefined) throw new Error("the report has two migrations");
  const verdictOf = (...migrations: StatusReport["migrations"]) =>
    lastLine(renderStatus({ ...statusReport, migrations }, plain()));
  expect(verdictOf(applied, { ...held, due: true })).toBe(
    "1 applied, none pending. The drop may run: ssot migrate --phase 3",
  );
  expect(verdictOf(applied, held, { ...held, due: true })).toBe(
    "1 applied, none pending. 1 of 2 drops may run:\nssot migrate --phase 3 --only NAME",
  );
});

test("an error is told with its code and its hint, and a bug with its stack", () => {
  const view = { code: "GATE", message: "may not be dropped:\n  - 2 writers", hint: "Look.", stack: undefined };
  expect(renderError(view, plain())).toBe("error GATE: may not be dropped:\n    - 2 writers\nhint: Look.");
  expect(renderError({ ...view, hint: undefined, stack: "Error: x\n    at y" }, plain())).toContain(
    "\nError: x\n    at y",
  );
});

test("what is coloured says the same without colours", () => {
  const colored = createStyle({ color: true, width: 80 });
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
  expect(renderStatus(statusReport, colored).replaceAll(escapes, "")).toBe(renderStatus(statusReport, plain()));
  expect(renderPlan(planReport, colored, view).replaceAll(escapes, "")).toBe(renderPlan(planReport, plain(), view));
});

/** The verdict: what follows the last empty line. */
function lastLine(text: string): string {
  return text.split("\n\n").at(-1) ?? "";
}
