import type { Migration } from "../model/migration.ts";
import { readTokens } from "../sql/tokens.ts";
import type { Engine } from "./engine-files.ts";
import { installText } from "./install-engine.ts";
import { blockComment, freeTag, toPlainSql } from "./plain-sql.ts";

/**
 * What gives a database the engine: one statement that installs or upgrades it where there is none or an older one, and one
 * that moves an older one's rows. Neither commits.
 */
export function exportEngine(engine: Engine, migrations: readonly Migration[]): readonly string[] {
  const sql = toPlainSql(withoutComments(installText(engine, migrations)));
  const [outer, inner] = [freeTag(sql, "do"), freeTag(sql, "engine")];
  return [
    blockComment([`Schema ssot: what makes the steps safe, and takes them back. Engine ${engine.version}.`]),
    `do ${outer}
declare
  present integer := 0;
begin
  if to_regclass('ssot.engine') is not null then present := (select e.version from ssot.engine as e); end if;
  if present >= ${engine.version} then return; end if;
  execute ${inner}
${sql}
${inner};
end
${outer};`,
    "call ssot.finish_upgrade(false);",
  ];
}

// Every file carries all of it, and prose is for those who read the engine's own files. What routines are made of stays as
// it is: by that they are known.
function withoutComments(sql: string): string {
  const kept: string[] = [];
  let atLineBegin = true;
  for (const { kind, text } of readTokens(sql)) {
    if (kind === "line-comment" || kind === "block-comment") continue;
    kept.push(kind === "space" && atLineBegin ? text.slice(text.lastIndexOf("\n") + 1) : text);
    atLineBegin = kind === "space" && (atLineBegin || text.includes("\n"));
  }
  return kept.join("");
}
