import type { PlanDocument } from "./document.ts";

/** What the very plan that is applied has begun before it was cut off. */
export interface Begun {
  readonly names: readonly string[];
  /** Names that the texts of those migrations hold, in any case. */
  readonly words: ReadonlySet<string>;
  /** The same of those that a team wrote itself: what they do to an object that was there is not known otherwise. */
  readonly ownWords: ReadonlySet<string>;
  /** Names of objects that the engine noted for them before it changed them. */
  readonly journal: readonly string[];
  /** Names in the statements that bring back what they dropped or replaced. */
  readonly undoWords: ReadonlySet<string>;
  /** They are taken back: what is new was there before, and what is gone they had made. */
  readonly backward: boolean;
  /** What names of the witness's triggers and functions begin with. */
  readonly prefixes: readonly string[];
}

/** What the engine noted, as `Begun` holds it. Pure. */
export function journalOf(noted: {
  readonly names: readonly string[];
  readonly undo: readonly string[];
  readonly prefixes: readonly string[];
}): { readonly names: readonly string[]; readonly undo: readonly string[]; readonly prefixes: readonly string[] } {
  const sorted = (list: readonly string[]): readonly string[] => [...new Set(list)].toSorted();
  return {
    names: sorted(noted.names.map(lastOf)),
    undo: sorted(noted.undo.flatMap(wordsOf)),
    // The engine's own triggers on tables of others.
    prefixes: sorted(["ssot_", ...noted.prefixes.map(lastOf)]),
  };
}

export const nothingBegun: Begun = {
  names: [],
  words: new Set(),
  ownWords: new Set(),
  journal: [],
  undoWords: new Set(),
  backward: false,
  prefixes: [],
};

/** The names of a text of SQL, in any case, those within strings included. Pure. */
export function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu)].map(([word]) => word.toLowerCase());
}

/**
 * Whether a difference in the catalog is what the begun migrations did themselves: the engine noted the object, or it is new and their texts
 * name it (or the new table that it belongs to). A team's own migration may also have changed whatever it names. Pure.
 */
export function isOwnDoing(
  object: string,
  { planned, change }: { readonly planned: PlanDocument["catalog"]; readonly change: "added" | "gone" | "changed" },
  begun: Begun,
): boolean {
  if (begun.names.length === 0) return false;
  const { own, relation } = partsOf(object);
  // A partition's index has the name of the table's, and its own after it.
  const noted = begun.journal.some(
    (name) => name === own || (object.startsWith("index ") && own.startsWith(`${name}_`)),
  );
  if (noted || begun.prefixes.some((prefix) => own.startsWith(prefix))) return true;
  if (begun.ownWords.has(own)) return true;
  const isNew = relation !== undefined && relations.every((kind) => planned[`${kind} ${relation}`] === undefined);
  if (isNew) return begun.words.has(lastOf(relation));
  if (/^(grant|table|view|materialized view|foreign table) /.test(object)) return false;
  if (change === "changed") return false;
  return ((change === "added") === begun.backward ? begun.undoWords : begun.words).has(own);
}

const relations = ["table", "view", "materialized view", "foreign table"];

/** The object's own name, unquoted and in lower case, and the relation that it is or belongs to. */
function partsOf(object: string): { readonly own: string; readonly relation: string | undefined } {
  const [, kind = "", rest = ""] = /^(materialized view|foreign table|event trigger|\w+) ([\s\S]*)$/.exec(object) ?? [];
  const [name = "", on] = splitOnce(
    kind === "grant" ? rest.replace(/^on /, "") : rest,
    kind === "grant" ? " to " : / on | of /,
  );
  if (kind === "column") return { own: lastOf(name), relation: name.replace(/\.(?:"(?:[^"]|"")*"|[^."]+)$/, "") };
  if (kind === "grant" || relations.includes(kind)) return { own: lastOf(name), relation: name };
  return { own: lastOf(name), relation: on };
}

function splitOnce(text: string, by: string | RegExp): readonly [string, string | undefined] {
  const [head = "", ...tail] = text.split(by);
  return [head, tail.length === 0 ? undefined : tail.join(" ")];
}

/** The last part of a name, without quotes and arguments, in lower case. Pure. */
function lastOf(written: string): string {
  const name = written.replace(/\([\s\S]*$/, "");
  const [, last = name] = /(?:^|\.)((?:"(?:[^"]|"")*"|[^."]+))$/.exec(name) ?? [];
  return last.replace(/^"|"$/g, "").replaceAll('""', '"').toLowerCase();
}
