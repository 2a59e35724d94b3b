import type { Check, Suite } from "./define.ts";
import { phase1 } from "./migration-names.ts";
import { guardOf, type NeededObject, type Objects } from "./objects.ts";
import { scans } from "./scans.ts";

/**
 * Adds to the suites that were asked for the checks which say that something is missing, where something is: else
 * everything that needs it would be skipped, and nothing would say why.
 */
export function withGuards(chosen: readonly Suite[], all: readonly Suite[], objects: Objects): readonly Suite[] {
  const asked = new Set(chosen.flatMap((suite) => suite.checks.map(({ id }) => `${suite.id}.${id}`)));
  const wanted = new Set(
    chosen
      .flatMap(({ checks }) => checks.flatMap((check) => missingOf(check, objects)))
      .filter((guard) => !asked.has(guard)),
  );
  if (wanted.size === 0) return chosen;
  const guards = all.flatMap((suite) => {
    const checks = suite.checks.filter(({ id }) => wanted.has(`${suite.id}.${id}`));
    return checks.length === 0 ? [] : [{ ...suite, checks }];
  });
  return [...guards, ...chosen];
}

/** What a check looks at, by itself or through its scan, and is not there. */
export function missingObjects(check: Check, present: Objects["present"]): readonly NeededObject[] {
  const needs = [...(check.needs ?? []), ...(check.kind === "scan" ? scans[check.scan].needs : [])];
  return needs.filter((name) => !present.has(name));
}

function missingOf(check: Check, { present, applied }: Objects): readonly string[] {
  if (check.until !== undefined && applied.has(check.until)) return [];
  const late = check.after !== undefined && phase1.includes(check.after) && !applied.has(check.after);
  return [
    ...missingObjects(check, present).map((name) => guardOf(name, applied)),
    ...(late ? ["schema.migrations"] : []),
  ];
}
