import type { Figure, Result } from "../row.ts";

/** One line of the table: the figure, its goal, and whether that is held. */
export function tellResult(result: Result): string {
  if ("notRun" in result) return `  ${result.what.padEnd(72)}   not run: ${result.notRun}`;
  const { what, value, unit, goal } = result;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const asked = goal === undefined ? "" : "atMost" in goal ? `<= ${goal.atMost}` : `>= ${goal.atLeast}`;
  return `  ${what.padEnd(72)} ${value.toFixed(digits).padStart(9)} ${unit.padEnd(5)} ${asked.padEnd(9)} ${verdictOf(result)}`.trimEnd();
}

function verdictOf({ value, goal }: Figure): string {
  if (goal === undefined) return "";
  return ("atMost" in goal ? value <= goal.atMost : value >= goal.atLeast) ? "held" : "MISSED";
}
