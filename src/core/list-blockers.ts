import type { ForeignTrigger } from "../db/queries/foreign-triggers.ts";
import type { Obstacle } from "../db/queries/obstacles/obstacle.ts";

/** What `migrate` would stop at. */
export interface Blocker {
  /** A clause without a full stop. */
  readonly what: string;
  /** The option of `migrate` that answers it; null: it has to be mended first. */
  readonly option: string | null;
}

export interface Standing {
  readonly triggers: readonly ForeignTrigger[];
  readonly obstacles: readonly Obstacle[];
  /** Contacts whose number cannot be read. */
  readonly unfixable: number;
  /** Rows for which some of them cannot be set aside. */
  readonly needed: readonly Obstacle[];
}

/** All that `migrate` would stop at, whatever it would meet first. Pure. */
export function listBlockers(
  { triggers, obstacles, unfixable, needed }: Standing,
  {
    userTriggers,
    onUnfixablePhone,
  }: { readonly userTriggers: "refuse" | "fire"; readonly onUnfixablePhone: "abort" | "quarantine" },
): readonly Blocker[] {
  const loud = userTriggers === "fire" ? [] : triggers.filter(({ harmless }) => !harmless);
  const setAside = "--on-unfixable-phone quarantine";
  return [
    ...loud.map(({ table, name, when }) => ({
      what: `trigger ${table}.${name} (${when}) would fire on rows that are changed`,
      option: "--user-triggers fire",
    })),
    ...obstacles.map(({ what, option }) => ({ what, option: option ?? null })),
    ...(unfixable === 0 || onUnfixablePhone === "quarantine"
      ? []
      : [
          {
            what: `${unfixable} contacts have a number that cannot be read`,
            option: needed.length > 0 ? null : setAside,
          },
          ...needed.map(({ what }) => ({ what, option: null })),
        ]),
  ];
}

const order = ["--user-triggers", "--trust-role", "--on-unfixable-phone", "--replace-view"];

/** The options that answer all blockers that have one, each once. Pure. */
export function answersOf(blockers: readonly Blocker[]): readonly string[] {
  const options = [...new Set(blockers.flatMap(({ option }) => option ?? []))];
  const place = (option: string): number => order.findIndex((flag) => option.startsWith(flag));
  return options.toSorted((a, b) => place(a) - place(b));
}
