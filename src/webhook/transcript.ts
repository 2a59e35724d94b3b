import { isObject } from "./read-fields.ts";

/** What a message tells of who speaks in its transcript. */
export interface Speakers {
  /** The turns of the call, with roles. */
  readonly turns: unknown;
  readonly callerName: string | null;
  readonly assistantName: string | null;
}

const nobodyKnown: Speakers = { turns: [], callerName: null, assistantName: null };

const callers: ReadonlySet<string> = new Set([
  "user",
  "customer",
  "caller",
  "human",
  "client",
  "lead",
  "guest",
  "patient",
  "you",
]);
const assistants: ReadonlySet<string> = new Set([
  ...["ai", "assistant", "bot", "agent", "system", "model", "tool", "operator", "receptionist"],
]);

// A name at the beginning of a line, of a few words at most.
const label =
  /^\s*(?:[[(]?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?[\])]?\s*[-–]?\s*)?[*_[(]*([\p{L}][\p{L}\p{M}\p{N} .'’_-]{0,39}?)[\])*_]*\s*(?:\([^)\n]{0,40}\)|\[[^\]\n]{0,40}\])?\s*[:>]\s*/u;

const usual = /^(?:(user|customer|caller)|ai|assistant|bot|agent): |^$/i;
const plainLabel = /^([A-Za-z]{1,12}): ?/;

/** A transcript as text: as it is, or from a list of lines or turns. Null: it cannot be read. */
export function readTranscript(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return null;
  const lines = value.flatMap((turn: unknown) => {
    if (typeof turn === "string") return [turn];
    const { role, text } = turnOf(turn);
    if (text === null || role === "system" || role.startsWith("tool")) return [];
    return [role === "" ? text : `${role === "user" ? "User" : assistants.has(role) ? "AI" : role}: ${text}`];
  });
  return lines.length === 0 && value.length > 0 ? null : lines.join("\n");
}

/**
 * What the caller says. Where a transcript names its speakers, the lines of those who are known to be the caller, and all
 * others' words count for nothing; where it names nobody, everything that the assistant is not known to have said.
 */
export function callersWords(transcript: string, speakers: Speakers = nobodyKnown): string {
  const plain = plainly(transcript);
  if (plain !== null) return plain;
  const lines = transcript.split("\n").map((line) => ({ line, found: labelOf(line) }));
  const isPlain = lines.every(({ found }) => found === null);
  const isKnown = (name: string): boolean => callers.has(name) || assistants.has(name);
  // Turns are only looked at where the names of the transcript do not say it themselves.
  const isEnough = !isPlain && lines.every(({ found }) => found === null || isKnown(found.name));
  const callersLines = isEnough ? new Set<string>() : linesOf(speakers.turns, callers);
  const assistantsLines = isPlain ? linesOf(speakers.turns, assistants) : new Set<string>();
  const named = wordsOf(speakers.callerName);
  const assistantNamed = wordsOf(speakers.assistantName);
  const speaking = lines.flatMap(({ found }) =>
    found !== null && callersLines.has(bare(found.rest)) ? [found.name] : [],
  );
  const isCaller = (name: string): boolean =>
    !assistants.has(name) &&
    !assistantNamed.includes(name) &&
    (callers.has(name) || named.includes(name) || speaking.includes(name));
  let counts = isPlain;
  const said = lines.flatMap(({ line, found }) => {
    if (found === null) return counts && !assistantsLines.has(bare(line)) ? [line] : [];
    counts = isCaller(found.name);
    return counts ? [found.rest] : [];
  });
  return said.join("\n");
}

// Most transcripts: each line begins with one of the usual words.
function plainly(transcript: string): string | null {
  const said: string[] = [];
  for (const line of transcript.split("\n")) {
    const [all, caller] = usual.exec(line) ?? [];
    if (all === undefined) return null;
    if (caller !== undefined) said.push(line.slice(all.length));
  }
  return said.join("\n");
}

function linesOf(turns: unknown, roles: ReadonlySet<string>): ReadonlySet<string> {
  const said = (Array.isArray(turns) ? turns : []).map(turnOf);
  return new Set(said.flatMap(({ role, text }) => (text !== null && roles.has(role) ? [bare(text)] : [])));
}

function labelOf(line: string): { readonly name: string; readonly rest: string } | null {
  // Most lines are told by their first characters.
  const [all, name] = plainLabel.exec(line) ?? label.exec(line) ?? [];
  return all === undefined || name === undefined
    ? null
    : { name: name.trim().toLowerCase(), rest: line.slice(all.length) };
}

function turnOf(turn: unknown): { readonly role: string; readonly text: string | null } {
  if (!isObject(turn)) return { role: "", text: null };
  const role = [turn.role, turn.speaker, turn.user].find((value) => typeof value === "string");
  const text = [turn.message, turn.content, turn.text, turn.transcript].find((value) => typeof value === "string");
  return {
    role: typeof role === "string" ? role.trim().toLowerCase() : "",
    text: typeof text === "string" ? text : null,
  };
}

function bare(text: string): string {
  return text.trim().toLowerCase();
}

// A person is called by the whole name, or the first one.
function wordsOf(name: string | null): readonly string[] {
  const word = bare(name ?? "");
  return word === "" ? [] : [word, ...word.split(/\s+/).slice(0, 1)];
}
