import type { Migration } from "../model/migration.ts";
import type { Engine } from "./engine-files.ts";
import { installText } from "./install-engine.ts";
import { blockComment, freeTag, toPlainSql } from "./plain-sql.ts";

/**
 * What gives a database the engine: one statement that installs or upgrades it where there is none or an older one, and one
 * that moves an older one's rows. Neither commits.
 */
export function exportEngine(engine: Engine, migrations: readonly Migration[]): readonly string[] {
  const sql = toPlainSql(installText(engine, migrations));
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
