import { SsotError } from "../model/errors.ts";
import { type EffectName, effectNames, type Step } from "../model/migration.ts";

// What only psql reads: which section to run, and above the first step its settings.
const psqlCondition = /^\\(if|else|endif)\b/;
const psqlSetting = /^set [a-z_.]+ = .*;$/;

/**
 * Reads one migration file: `-- Phase: N`, perhaps `-- Optional: NAME`, then `-- Up Migration` and `-- Down Migration`, each cut at its `-- step: NAME` labels.
 *
 * A step is one transaction (`begin;` to `commit;`), one statement, or one query that ends with `\gexec`. The label is
 * followed by attributes (`-- lock:`, `-- blocks:`, `-- wait: long`, `-- retry: SQLSTATE from STEP`, `-- client: NAME`,
 * `-- rows: EFFECT`). The step `record` is for psql alone and left out. Throws MIGRATION_FILES, naming file and step.
 */
export function parseMigration(
  name: string,
  text: string,
): { phase: 1 | 3; optional: string | undefined; up: readonly Step[]; down: readonly Step[] } {
  const up = text.search(/^-- Up Migration$/m);
  const down = text.search(/^-- Down Migration$/m);
  if (up < 0 || down < up)
    throw broken(name, "expected the lines `-- Up Migration` and, after it, `-- Down Migration`");
  const phase = /^-- Phase: ([13])$/m.exec(text.slice(0, up))?.[1];
  if (phase === undefined) throw broken(name, "expected `-- Phase: 1` or `-- Phase: 3` above `-- Up Migration`");
  const optional = /^-- Optional: (.*)$/m.exec(text.slice(0, up))?.[1];
  if (optional !== undefined && !/^[a-z]+$/.test(optional))
    throw broken(name, "expected a word of small letters after `-- Optional:`");
  return {
    phase: phase === "3" ? 3 : 1,
    optional,
    up: parseSection(name, text.slice(up, down)),
    down: parseSection(name, text.slice(down)),
  };
}

function parseSection(file: string, section: string): readonly Step[] {
  const [preamble = "", ...parts] = section.split(/^-- step: /m);
  for (const line of preamble.split("\n").slice(1)) {
    if (line !== "" && !line.startsWith("--") && !psqlCondition.test(line) && !psqlSetting.test(line)) {
      throw broken(file, `found SQL above the first step: ${line}`);
    }
  }
  const steps = parts.map((part) => parseStep(file, part)).filter((step) => step.name !== "record");
  const names = new Set(steps.map((step) => step.name));
  if (steps.length === 0 || names.size !== steps.length) throw broken(file, "expected steps with different names");
  for (const { name, retry } of steps) {
    if (retry && !names.has(retry.from))
      throw broken(file, `step ${name} goes back to ${retry.from}, which does not exist`);
  }
  return steps;
}

function parseStep(file: string, part: string): Step {
  const lines = part.split("\n").filter((line) => !psqlCondition.test(line));
  const name = lines[0]?.trim() ?? "";
  const attributes = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const match = /^-- (lock|blocks|wait|retry|client|rows): (.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) break;
    attributes.set(match[1], match[2]);
  }
  const body = lines
    .slice(1 + attributes.size)
    .join("\n")
    .trim();
  const bare = body.replace(/^(--.*\n|\s)*/, "");
  const about = body.slice(0, body.length - bare.length).match(/(?<=^-- ?).*\S.*/gm) ?? [];
  const { mode, sql } = cutBody(bare);
  if (!/^[a-z0-9_]+$/.test(name) || sql === "") throw broken(file, `step "${name}" needs a name of its own and SQL`);
  const retry = /^([0-9A-Z]{5}) from ([a-z0-9_]+)$/.exec(attributes.get("retry") ?? "");
  return {
    name,
    about,
    sql,
    mode,
    lock: attributes.get("lock") ?? (name === "record" ? "" : missing(file, name, "lock")),
    blocks: attributes.get("blocks") ?? (name === "record" ? "" : missing(file, name, "blocks")),
    waitsLong: attributes.get("wait") === "long",
    retry: retry?.[1] && retry[2] ? { sqlState: retry[1], from: retry[2] } : undefined,
    client: attributes.get("client"),
    rows: parseEffects(file, name, attributes.get("rows")),
  };
}

function parseEffects(file: string, step: string, text = ""): readonly EffectName[] {
  return text.split(/, */).flatMap((word) => {
    const effect = effectNames.find((name) => name === word);
    if (effect === undefined && word !== "") throw broken(file, `step ${step} counts ${word}, which is no effect`);
    return effect ?? [];
  });
}

function cutBody(body: string): Pick<Step, "mode" | "sql"> {
  const transaction = /^begin;\n([\s\S]*)\ncommit;$/.exec(body);
  if (transaction?.[1] !== undefined) return { mode: "transaction", sql: transaction[1].trim() };
  const generate = /^([\s\S]*)\\gexec$/.exec(body);
  if (generate?.[1] !== undefined) return { mode: "generate", sql: generate[1].trim() };
  return { mode: "statement", sql: body };
}

function missing(file: string, step: string, attribute: string): never {
  throw broken(file, `step ${step} does not say what it ${attribute === "lock" ? "locks" : "blocks"}`);
}

function broken(file: string, what: string): SsotError {
  return new SsotError("MIGRATION_FILES", `migration ${file} cannot be read: ${what}`, {
    hint: "Restore the file from the package, or correct it; nothing was run.",
  });
}
