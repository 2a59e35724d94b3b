import type { VerifyReport } from "../../src/core/verify.ts";
import type { VerifyContext } from "../../src/report/verify/context.ts";
import { evidence } from "./evidence.ts";

type Check = VerifyReport["suites"][number]["checks"][number];

function check(id: string, status: Check["status"], changes: Partial<Check> = {}): Check {
  return {
    id,
    title: `the claim of ${id}`,
    status,
    expected: "none breaks it",
    actual: status === "skip" ? "the reason of a skip" : "3 of 9 break it",
    population: 9,
    rows: [],
    hint: status === "pass" || status === "skip" ? null : "what to do",
    durationMs: 12,
    ...changes,
  };
}

/** Names and numbers that no report may show unless it was asked for rows. */
export const personal = ["Maya <Okafor>", "+14155550101"];

/** Text that is markup somewhere: XML, HTML, Markdown, workflow commands. */
const markup = `<b>"a" & 'b'</b> | \`c\` *d* [e](f) %0A::error::\u0001 end\nof line`;

/** A report with one check of every status, and with everything that a page can show. */
export const report: VerifyReport = {
  command: "verify",
  complete: true,
  ok: false,
  counts: { pass: 1, fail: 1, warn: 1, skip: 1, error: 1 },
  suites: [
    { id: "first", title: markup, checks: [check("held", "pass"), check("skipped", "skip")] },
    {
      id: "coverage",
      title: "the second",
      checks: [
        check("broken", "fail", {
          title: markup,
          rows: [{ id: "c0000000-0000-4000-8000-000000000001", name: personal[0], phone: personal[1], n: null }],
        }),
        check("look", "warn", { expected: "at least 55.0 % of them" }),
        check("unknown", "error", { actual: "could not run: it took longer than one check may take" }),
      ],
    },
  ],
  coverage: {
    directions: [
      { direction: "inbound", total: 1000, linked: 640, pct: 64, linkable: 900, linkableLinked: 640 },
      { direction: "outbound", total: 0, linked: 0, pct: null, linkable: 0, linkableLinked: 0 },
    ],
    nameSources: [
      { source: "contact", calls: 600 },
      { source: "phone", calls: 350 },
      { source: "unknown", calls: 50 },
    ],
    unlinked: [
      { direction: "inbound", reason: "no-number", calls: 60 },
      { direction: "inbound", reason: "not-e164", calls: 40 },
      { direction: "inbound", reason: "no-such-contact", calls: 260 },
    ],
  },
  metrics: { viewPageMs: 1.4 },
  trend: [0.5, 0.62, 0.711].map((share, place) => ({
    recordedAt: new Date(Date.UTC(2026, 1, 9 + place)),
    ok: true,
    coverage: {
      directions: [
        {
          direction: "inbound",
          total: 1000,
          linked: 1000 * share,
          pct: 100 * share,
          linkable: 1000,
          linkableLinked: 1000 * share,
        },
        { direction: "outbound", total: 100, linked: 100, pct: 100, linkable: 100, linkableLinked: 100 },
      ],
      nameSources: [],
      unlinked: [],
    },
  })),
  previous: null,
  writes: [
    { day: "2026-02-10", table: "public.calls", column: "caller_name", writes: 31 },
    { day: "2026-02-10", table: "public.calls", column: "from_number", writes: 4 },
    { day: "2026-02-12", table: "public.calls", column: "caller_name", writes: 6 },
  ],
  durationMs: 1900,
};

export const context: VerifyContext = {
  exitCode: 1,
  failOn: "fail",
  showRows: false,
  evidence,
};
