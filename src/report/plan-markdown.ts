import type { PlanDocument } from "../core/plan-document/document.ts";
import { describeEffects, describeRestored } from "./effects.ts";
import { countOf, formatBytes, formatCount, formatMoment, formatServerVersion } from "./format.ts";
import { code, escapeText, table } from "./markdown.ts";
import { listNotes } from "./plan-notes.ts";
import { listStrongestLocks } from "./render-steps.ts";

/** A plan for a pull request: target, what would run, rows, locks, what is held, what to look at, and the command that applies it. */
export function renderPlanMarkdown(plan: PlanDocument, view: { readonly apply: string }): string {
  const { target, held, sizes } = plan;
  const notes = notesOf(plan);
  const where = `${target.database} on ${target.host}:${target.port} as ${target.user}`;
  return [
    `### ssot ${plan.command}: plan ${code(plan.hash.slice(0, 12))}`,
    "",
    `${escapeText(where)} · PostgreSQL ${formatServerVersion(plan.server)} · ssot ${plan.tool} · ${formatMoment(new Date(plan.at))}`,
    "",
    ...(sizes.length === 0
      ? []
      : [sizes.map(({ table: name, rows, bytes }) => describeSize(name, rows, bytes)).join(" · "), ""]),
    ...describePending(plan),
    ...(held.length === 0 ? [] : ["**Held**, and stays so:", "", ...held.flatMap(describeHeld), ""]),
    ...plan.overridden.map(
      ({ name, codes }) => `⚠️ ${code("--force")} overrides for ${code(name)}: ${codes.map(code).join(", ")}\n`,
    ),
    ...(notes.length === 0 ? [] : ["**Look**", "", ...notes.map((note) => `- ${escapeText(note)}`), ""]),
    ...describeSteps(plan),
    "Apply with:",
    "",
    "```sh",
    view.apply,
    "```",
    "",
    `It refuses (exit 6) and changes nothing where database, files or rows differ from this plan: hash ${code(plan.hash)}, ` +
      `${countOf(Object.keys(plan.catalog).length, "object")} of the catalog.`,
  ].join("\n");
}

function describePending({ pending, catchUp, command }: PlanDocument): readonly string[] {
  if (pending.length === 0) {
    return [
      catchUp === null ? "Nothing is pending." : `Nothing is pending; ${countOf(catchUp, "call")} would be linked.`,
      "",
    ];
  }
  const words = command === "migrate" ? describeEffects : describeOutcomes;
  const rows = pending.map(({ name, effects, steps }) => [
    code(name),
    escapeText(words(effects) || "no row is changed"),
    listStrongestLocks(steps).map(escapeText).join("<br>"),
  ]);
  return [...table(["migration", "rows", "strongest lock"], rows, "left"), ""];
}

// The effects of a rollback are `restored callsLinked`, `lost indexes` and the like.
function describeOutcomes(effects: Readonly<Record<string, number>>): string {
  return ["restored", "kept", "unrestorable", "lost"]
    .flatMap((outcome) => {
      const counts = Object.entries(effects).flatMap(([effect, n]) => {
        const [what, kind = ""] = effect.split(" ");
        return what === outcome ? [[kind, n] as const] : [];
      });
      const words = describeRestored(Object.fromEntries(counts));
      return words === "" ? [] : [`${outcome}: ${words}`];
    })
    .join("; ");
}

function describeSteps({ pending }: PlanDocument): readonly string[] {
  const rows = pending.flatMap(({ name, steps }) =>
    steps.map((step) => [
      code(`${name.slice(0, 14)} ${step.name}`),
      escapeText(step.lock),
      escapeText(step.blocks),
      step.transactional ? "one transaction" : "commits by itself",
      step.rows === null ? "" : formatCount(step.rows),
    ]),
  );
  if (rows.length === 0) return [];
  const head = ["step", "lock", "blocks", "runs as", "rows"];
  return ["<details><summary>Every step</summary>", "", ...table(head, rows, "left"), "", "</details>", ""];
}

function describeHeld({ name, reasons }: PlanDocument["held"][number]): readonly string[] {
  return [`- ${code(name)}`, ...reasons.map((reason) => `  - ${escapeText(reason)}`)];
}

function describeSize(name: string, rows: number, bytes: number): string {
  return `${escapeText(name)} ${rows === 0 ? "" : `about ${countOf(rows, "row")}, `}${formatBytes(bytes)}`;
}

function notesOf({ look, pending, options }: PlanDocument): readonly string[] {
  if (pending.length === 0) return [];
  const unfixable = { count: look.unfixableContacts, ids: [], contacts: [] };
  return listNotes({ ...look, unfixable, pending, triggersFire: options.userTriggers === "fire" });
}
