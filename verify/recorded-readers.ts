import type { Finding, Look } from "../src/checks/define.ts";

/**
 * Recorded statements that read what these migrations deprecated: those that close the gate break the claim, and so does what nobody
 * observed where that is asked for.
 */
export async function recordedReaders({ gate, readers }: Look, migrations: readonly string[]): Promise<Finding> {
  const known = await Promise.all(migrations.map(readers));
  const all = known.flatMap((each) => each.readers);
  const against = all.filter(({ weight }) => weight === "reason");
  const observed = known[0]?.observed;
  const unobserved = [...new Set(known.flatMap((each) => each.unobserved.map(({ message }) => message)))];
  const missing = (await Promise.all(migrations.map(gate))).flat().filter(({ code }) => code === "unobserved");
  if (against.length + missing.length === 0 && observed?.known !== true) {
    return { population: 0, broken: 0, skip: `readers unknown: ${observed?.reason ?? "nothing is deprecated"}` };
  }
  const since =
    observed?.known === true
      ? ` of ${observed.seen} statements, since ${observed.since.toISOString().slice(0, 10)}`
      : "";
  const told = all.filter(({ weight }) => weight === "told").length;
  return {
    population: observed?.known === true ? observed.seen : against.length + missing.length,
    broken: against.length + missing.length,
    actual: [
      `${against.length}${since}`,
      ...(told === 0 ? [] : [`${told} take whole rows or keys of JSON`]),
      ...unobserved.map((message) => `not observed: ${message}`),
    ].join("; "),
    rows: against.slice(0, 20).map(({ role, calls, columns, how, statement }) => ({
      role,
      calls,
      names: columns.join(", "),
      how,
      statement: statement.slice(0, 200),
    })),
  };
}
