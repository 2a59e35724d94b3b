import type { CheckResult, SuiteResult } from "./outcome.ts";

/** What follows from a broken claim: ids as `suite.check`, or `suite.` for a whole suite, by the id of the cause. */
export type Consequences = ReadonlyMap<string, readonly string[]>;

/**
 * Leaves one cause red: a check that is broken, or could not run, because of another broken one says so and is skipped. What it
 * saw stays in its words. Where causes were not asked everything stays as it was found.
 */
export function tellCauses(suites: readonly SuiteResult[], consequences: Consequences): readonly SuiteResult[] {
  // What could not run is no cause: a lock or a hidden row may have kept all of them.
  const broken = suites.flatMap(({ id, checks }) =>
    checks.filter(({ status }) => status === "fail").map((check) => `${id}.${check.id}`),
  );
  const causeOf = (key: string): string | undefined =>
    [...consequences].find(
      ([cause, follows]) => cause !== key && broken.includes(cause) && follows.some(isOf(key)),
    )?.[0];
  const order = [...consequences.keys()];
  return suites.map((suite) => ({
    ...suite,
    checks: suite.checks.map((check) => {
      const root = isRed(check) ? rootOf(`${suite.id}.${check.id}`, causeOf, order) : undefined;
      if (root === undefined) return check;
      return { ...check, status: "skip", actual: `because of ${root}: ${check.actual}`, rows: [], hint: null };
    }),
  }));
}

/** The last cause behind a check; of causes that explain one another the first, which stays as it is. */
function rootOf(
  key: string,
  causeOf: (key: string) => string | undefined,
  order: readonly string[],
): string | undefined {
  const path = [key];
  for (;;) {
    const next = causeOf(path.at(-1) ?? key);
    if (next === undefined) return path.length > 1 ? path.at(-1) : undefined;
    const met = path.indexOf(next);
    if (met >= 0) {
      const first = order.find((cause) => path.indexOf(cause, met) >= 0);
      return first === key ? undefined : first;
    }
    path.push(next);
  }
}

function isRed({ status }: CheckResult): boolean {
  return status === "fail" || status === "error";
}

function isOf(key: string): (follows: string) => boolean {
  return (follows) => (follows.endsWith(".") ? key.startsWith(follows) : key === follows);
}
