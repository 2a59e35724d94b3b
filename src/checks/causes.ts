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
  return suites.map((suite) => ({
    ...suite,
    checks: suite.checks.map((check) => {
      const root = isRed(check) ? rootOf(`${suite.id}.${check.id}`, causeOf) : undefined;
      if (root === undefined) return check;
      return { ...check, status: "skip", actual: `because of ${root}: ${check.actual}`, rows: [], hint: null };
    }),
  }));
}

function rootOf(key: string, causeOf: (key: string) => string | undefined): string | undefined {
  let root: string | undefined;
  for (let next = causeOf(key); next !== undefined && next !== key && next !== root; next = causeOf(next)) root = next;
  return root;
}

function isRed({ status }: CheckResult): boolean {
  return status === "fail" || status === "error";
}

function isOf(key: string): (follows: string) => boolean {
  return (follows) => (follows.endsWith(".") ? key.startsWith(follows) : key === follows);
}
