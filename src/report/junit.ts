import type { ShownEvidence } from "../model/evidence.ts";
import { describeServer } from "./evidence.ts";
import { escapeMarkup } from "./verify/escape.ts";

/** When a suite was run, and against which host: its database's, where one was asked. */
export function stampOf({ at, target }: ShownEvidence): string {
  const host = target === null ? "" : ` hostname="${escapeMarkup(target.host)}"`;
  return `timestamp="${at.toISOString().slice(0, 19)}"${host}`;
}

/** What makes a suite evidence, as names and values. */
export function listProperties(evidence: ShownEvidence): readonly (readonly [name: string, value: string])[] {
  const { at, tool, server, given } = evidence;
  return [
    ["at", at.toISOString()],
    ["tool", `ssot ${tool}`],
    ...(server === null ? [] : [["server", `PostgreSQL ${server}`] as const]),
    ...named("target", describeServer({ ...evidence, server: null })),
    ...named("options", given.join(" ")),
  ];
}

/** Properties as markup, a line each. */
export function describeProperties(properties: readonly (readonly [name: string, value: string])[]): readonly string[] {
  return properties.map(([name, value]) => `      <property name="${name}" value="${escapeMarkup(value)}"/>`);
}

function named(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined || value === "" ? [] : [[name, value]];
}
