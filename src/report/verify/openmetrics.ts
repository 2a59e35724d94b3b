import type { VerifyReport } from "../../core/verify.ts";
import { statusWords, type VerifyContext } from "./context.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];
type Status = VerifyReport["suites"][number]["checks"][number]["status"];

const statuses = Object.keys(statusWords) as readonly Status[];

/**
 * OpenMetrics text, of gauges alone and without times of samples, so that the node exporter's textfile collector reads it as
 * well. Every sample has database and host: files of several databases may lie in one folder. Nothing of a row is in it.
 */
export function renderOpenMetrics(report: VerifyReport, { evidence }: VerifyContext): string {
  const { tool, server, target, at } = evidence;
  const where: Labels = { database: target?.database ?? "", host: target?.host ?? "" };
  const checks = report.suites.flatMap(({ id: suite, checks: own }) =>
    own.map((check) => ({ ...check, labels: { suite, check: check.id } })),
  );
  const directions = report.coverage?.directions ?? [];
  const one = (value: number): readonly Sample[] => [[{}, value]];
  const families: readonly (readonly [name: string, help: string, samples: readonly Sample[]])[] = [
    ["info", "What was verified, and by what: always 1.", [[infoOf(tool, server, target), 1]]],
    ["last_run_timestamp_seconds", "When the last run began, in seconds since 1970.", one(at.getTime() / 1000)],
    ["duration_seconds", "How long it took.", one(report.durationMs / 1000)],
    ["ok", "1: a claim was asked, and none is broken.", one(report.ok ? 1 : 0)],
    ["complete", "1: every suite was asked, of every organisation.", one(report.complete ? 1 : 0)],
    ["checks", "How many checks ended so.", statuses.map((status) => [{ status }, report.counts[status]])],
    [
      "check_status",
      "1 for how the check ended, 0 for how it did not.",
      checks.flatMap(({ labels, status }) =>
        statuses.map((each): Sample => [{ ...labels, status: each }, each === status ? 1 : 0]),
      ),
    ],
    ["check_population", "How many rows the check looked at.", checks.map((each) => [each.labels, each.population])],
    ["calls", "Calls.", directions.map(({ direction, total }) => [{ direction }, total])],
    ["calls_linked", "Calls with a contact.", directions.map(({ direction, linked }) => [{ direction }, linked])],
    [
      "calls_linkable",
      "Calls that can have one.",
      directions.map(({ direction, linkable }) => [{ direction }, linkable]),
    ],
    [
      "coverage_ratio",
      "Share of the calls that have a contact, 0 to 1: of all, and of those that can have one.",
      directions.flatMap(({ direction, total, linked, linkable, linkableLinked }) => [
        ...share({ direction, of: "all" }, linked, total),
        ...share({ direction, of: "linkable" }, linkableLinked, linkable),
      ]),
    ],
    [
      "measured_seconds",
      "What checks of time measured.",
      Object.entries(report.metrics).map(([name, ms]) => [{ name }, ms / 1000]),
    ],
  ];
  return [
    ...families.filter(([, , samples]) => samples.length > 0).flatMap((family) => describeFamily(family, where)),
    "# EOF",
  ].join("\n");
}

function describeFamily(
  [name, help, samples]: readonly [name: string, help: string, samples: readonly Sample[]],
  where: Labels,
): readonly string[] {
  const full = `ssot_verify_${name}`;
  return [
    `# TYPE ${full} gauge`,
    ...(full.endsWith("_seconds") ? [`# UNIT ${full} seconds`] : []),
    `# HELP ${full} ${help}`,
    ...samples.map(([labels, value]) => `${full}${describeLabels({ ...where, ...labels })} ${value}`),
  ];
}

function infoOf(tool: string, server: string | null, target: VerifyContext["evidence"]["target"]): Labels {
  return { tool, server: server ?? "", port: String(target?.port ?? ""), user: target?.user ?? "" };
}

function share(labels: Labels, part: number, whole: number): readonly Sample[] {
  return whole === 0 ? [] : [[labels, part / whole]];
}

function describeLabels(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`)
    .join(",")}}`;
}
