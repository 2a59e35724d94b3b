import { expect, test } from "vitest";
import type { DoctorReport } from "../../src/core/doctor.ts";
import { renderDoctor } from "../../src/report/render-doctor.ts";
import { plain } from "./styles.ts";

const report: DoctorReport = {
  command: "doctor",
  ok: false,
  checks: [
    { id: "version", title: "version", status: "fine", detail: "PostgreSQL 17.4", remedy: null },
    {
      id: "readers",
      title: "readers",
      status: "warning",
      detail: "may read calls but not contacts, so the view will refuse them: reader",
      remedy: "grant select on public.contacts to reader",
    },
    {
      id: "tables",
      title: "tables",
      status: "problem",
      detail: "column public.calls.phone_number is missing",
      remedy: "check that this is the right database",
    },
  ],
};

test("a line a check, wrapped under its own column, the remedy below it, and the verdict last", () => {
  expect(renderDoctor(report, plain())).toMatchInlineSnapshot(`
    "  version       fine     PostgreSQL 17.4
      readers       warning  may read calls but not contacts, so the view will
                             refuse them: reader
                             → grant select on public.contacts to reader
      tables        problem  column public.calls.phone_number is missing
                             → check that this is the right database

    1 problem would stop a run. 1 thing needs a look. Nothing was changed."
  `);
  const fine = { ...report, ok: true, checks: report.checks.slice(0, 1) };
  expect(renderDoctor(fine, plain())).toMatch(/\nNothing would stop a run\. .* Next: ssot migrate --dry-run$/);
});
