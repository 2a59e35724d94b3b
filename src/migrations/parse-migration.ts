import { SsotError } from "../model/errors.ts";
import {
  type EffectName,
  effectNames,
  type Migration,
  type Step,
  type StepRole,
  stepRoles,
} from "../model/migration.ts";
import { storyVariables } from "./bind-migration.ts";
import { refuseUnknownVariables } from "./variables.ts";

// Only psql reads these lines: which section to run, what to include, its variables.
const psqlLine = /^\\(?!gexec\b)/;
const psqlSetting = /^set [a-z_.]+ = .*;$/;
const attribute = /^-- ([a-z]+): (.*)$/;
const attributeNames = ["lock", "blocks", "role", "wait", "retry", "client", "rows"] as const;

type Attribute = (typeof attributeNames)[number];
type Parts = Pick<Migration, "phase" | "optional" | "drops" | "up" | "down">;

/**
 * Reads one migration file: a head (`-- Phase: N`, perhaps `-- Optional: NAME`, of a Phase 3 file `-- Drops: MIGRATION`),
 * then `-- Up Migration` and `-- Down Migration`, each cut at its `-- step: NAME` labels.
 *
 * A step is one transaction (`begin;` to `commit;`), one statement, or one query that ends with `\gexec`. The label is
 * followed by attributes (`-- lock:`, `-- blocks:`, `-- role:`, `-- wait: long`, `-- retry: SQLSTATE from STEP`,
 * `-- client: NAME`, `-- rows: EFFECT`). The step with the role `record` is for psql alone and left out. Throws
 * MIGRATION_FILES, naming file and step.
 */
export function parseMigration(name: string, text: string): Parts {
  const up = text.search(/^-- Up Migration$/m);
  const down = text.search(/^-- Down Migration$/m);
  if (up < 0 || down < up)
    throw broken(name, "expected the lines `-- Up Migration` and, after it, `-- Down Migration`");
  const parts = {
    ...parseHead(name, text.slice(0, up)),
    up: parseSection(name, text.slice(up, down)),
    down: parseSection(name, text.slice(down)),
  };
  const final = parts.up.filter(({ role }) => role === "point-of-no-return").length;
  if (final !== (parts.phase === 3 ? 1 : 0)) {
    throw broken(name, `expected ${parts.phase === 3 ? "one step" : "no step"} with the role point-of-no-return`);
  }
  return parts;
}

function parseHead(file: string, head: string): Pick<Migration, "phase" | "optional" | "drops"> {
  const lineOf = (start: string): string | undefined => {
    const [value, again] = [...head.matchAll(new RegExp(`^${start}(.*)$`, "gm"))].map((match) => match[1]);
    if (again !== undefined) throw broken(file, `expected \`${start.trim()}\` once`);
    return value;
  };
  const phase = lineOf("-- Phase: ");
  if (phase !== "1" && phase !== "3")
    throw broken(file, "expected `-- Phase: 1` or `-- Phase: 3` above `-- Up Migration`");
  const optional = lineOf("-- Optional: ");
  if (optional !== undefined && !/^[a-z]+$/.test(optional))
    throw broken(file, "expected a word of small letters after `-- Optional:`");
  const drops = lineOf("-- Drops: ");
  if ((drops === undefined) === (phase === "3"))
    throw broken(file, `expected ${phase === "3" ? "`-- Drops: MIGRATION`" : "no `-- Drops:`"} in Phase ${phase}`);
  const own = lineOf("\\\\set migration ");
  if (own !== undefined && own !== file) throw broken(file, `expected \`\\set migration ${file}\``);
  return { phase: phase === "3" ? 3 : 1, optional, drops };
}

function parseSection(file: string, section: string): readonly Step[] {
  const [preamble = "", ...parts] = section.split(/^-- step: /m);
  for (const line of preamble.split("\n").slice(1)) {
    if (line !== "" && !line.startsWith("--") && !psqlLine.test(line) && !psqlSetting.test(line)) {
      throw broken(file, `found SQL above the first step: ${line}`);
    }
  }
  const steps = parts.flatMap((part) => parseStep(file, part) ?? []);
  const names = new Set(steps.map((step) => step.name));
  if (steps.length === 0 || names.size !== steps.length) throw broken(file, "expected steps with different names");
  for (const { name, retry } of steps) {
    if (retry && !names.has(retry.from))
      throw broken(file, `step ${name} goes back to ${retry.from}, which does not exist`);
  }
  return steps;
}

function parseStep(file: string, part: string): Step | undefined {
  const [label = "", ...lines] = part.split("\n").filter((line) => !psqlLine.test(line));
  const name = label.trim();
  const { attributes, rest } = readAttributes(file, name, lines);
  const bare = rest.replace(/^(--.*\n|\s)*/, "");
  const about = [...rest.slice(0, rest.length - bare.length).matchAll(/^-- *(.*\S)/gm)].map(([, line = ""]) => line);
  const { mode, sql } = cutBody(bare);
  if (!/^[a-z0-9_]+$/.test(name) || sql === "") throw broken(file, `step "${name}" needs a name of its own and SQL`);
  refuseUnknownVariables(sql, storyVariables);
  if (attributes.get("role") === "record") return undefined;
  if (/^\s*(insert into|delete from) ssot\.ledger\b/m.test(sql))
    throw broken(file, `step ${name} writes the ledger, and has not the role record`);
  const retry = /^([0-9A-Z]{5}) from ([a-z0-9_]+)$/.exec(attributes.get("retry") ?? "");
  return {
    name,
    role: parseRole(file, name, attributes.get("role")),
    about,
    sql,
    mode,
    lock: attributes.get("lock") ?? missing(file, name, "locks"),
    blocks: attributes.get("blocks") ?? missing(file, name, "blocks"),
    waitsLong: attributes.get("wait") === "long",
    retry: retry?.[1] && retry[2] ? { sqlState: retry[1], from: retry[2] } : undefined,
    client: attributes.get("client"),
    rows: parseEffects(file, name, attributes.get("rows")),
  };
}

function readAttributes(
  file: string,
  step: string,
  lines: readonly string[],
): { readonly attributes: ReadonlyMap<Attribute, string>; readonly rest: string } {
  const attributes = new Map<Attribute, string>();
  const end = [...lines, ""].findIndex((line) => !attribute.test(line));
  for (const line of lines.slice(0, end)) {
    const [, word, value = ""] = attribute.exec(line) ?? [];
    const name = attributeNames.find((known) => known === word);
    if (name === undefined) throw broken(file, `step ${step} has an attribute that does not exist: ${word}`);
    if (attributes.has(name)) throw broken(file, `step ${step} has the attribute ${name} twice`);
    attributes.set(name, value);
  }
  const rest = lines.slice(end).join("\n").trim();
  const late = /^(?:--.*\n|\s)*?-- (lock|blocks|role|wait|retry|client|rows): /.exec(rest)?.[1];
  if (late !== undefined) throw broken(file, `step ${step} has its attribute ${late} below its prose`);
  return { attributes, rest };
}

function parseRole(file: string, step: string, text: string | undefined): StepRole | undefined {
  const role = stepRoles.find((known) => known === text);
  if (role === undefined && text !== undefined)
    throw broken(file, `step ${step} has a role that does not exist: ${text}`);
  return role;
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

function missing(file: string, step: string, what: "locks" | "blocks"): never {
  throw broken(file, `step ${step} does not say what it ${what}`);
}

function broken(file: string, what: string): SsotError {
  return new SsotError("MIGRATION_FILES", `migration ${file} cannot be read: ${what}`, {
    hint: "Restore the file from the package, or correct it; nothing was run.",
  });
}
