import { createHash } from "node:crypto";
import type { Migration } from "../model/migration.ts";
import { quoteLiteral } from "../sql/quote-literal.ts";
import { readTokens } from "../sql/tokens.ts";
import type { Engine } from "./engine-files.ts";
import { refuseForeignSchema, refuseNewerEngine } from "./export-frame.ts";
import { installTexts } from "./install-engine.ts";
import { blockComment, freeTag, toPlainSql } from "./plain-sql.ts";

/** The engine's text in parts, each for a file of its own. Put together they install it, in one transaction. */
export interface EngineParts {
  readonly engine: Engine;
  readonly parts: readonly string[];
}

/** What the text of an engine's file may take as a JSON string: Linux takes 131,072 bytes as one argument of a command. */
const longestPart = 115_000;

/** Cuts the engine into as few parts as fit, between its files. */
export function cutEngine(engine: Engine, migrations: readonly Migration[]): EngineParts {
  const parts: string[] = [];
  let part = "";
  for (const text of installTexts(engine, migrations)) {
    const sql = `${toPlainSql(withoutComments(text)).trim()}\n`;
    if (part !== "" && lengthAsJson(part + sql) > longestPart) {
      parts.push(part);
      part = "";
    }
    part += sql;
  }
  return { engine, parts: [...parts, part] };
}

/**
 * The file of one part: it stores its text, and a migration's file executes it. Where the engine is current it does nothing,
 * and it refuses where a newer one is. One statement.
 */
export function exportPart({ engine, parts }: EngineParts, place: number): string {
  const part = parts[place] ?? "";
  const text = freeTag(part, "engine");
  const body = `
declare
  other record;
  somebody text;
begin${refuseForeignSchema}
  if to_regclass('ssot.engine') is not null then${refuseNewerEngine(engine)}
    if exists (select from ssot.engine as e where e.version = ${engine.version}) then return; end if;
  end if;
  if to_regnamespace('ssot') is null then
    create schema ssot;
    /* Default privileges may have let others in. */
    for somebody in
      select distinct coalesce(quote_ident(r.rolname), 'public')
      from pg_catalog.pg_namespace as n cross join aclexplode(n.nspacl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
      where n.nspname = 'ssot' and x.grantee <> n.nspowner
    loop
      execute 'revoke all on schema ssot from ' || somebody;
    end loop;
  end if;
  if to_regclass('ssot.engine_text') is null then
    create table ssot.engine_text (version integer, part integer, sql text not null, primary key (version, part));
  end if;
  insert into ssot.engine_text (version, part, sql) values (${engine.version}, ${place + 1}, ${text}
${part}${text})
  on conflict (version, part) do update set sql = excluded.sql;
end
`;
  const tag = freeTag(body, "do");
  return `${blockComment([
    `Engine ${engine.version} of ssot ${engine.tool}, part ${place + 1} of ${parts.length}, as plain SQL; made by ssot export.`,
    "Schema ssot: what makes the steps of migrations safe, and takes them back. Send it before their files.",
    "Stores its text in ssot.engine_text; the file of a migration installs the engine from there. Does nothing where it is installed.",
  ])}

do ${tag}${body}${tag};
`;
}

/**
 * What gives a database the engine, in the file of a migration: one statement that installs or upgrades it where there is none
 * or an older one, from the text that the files of these names have stored, and no other; and one that moves an older one's
 * rows. Neither commits.
 */
export function installStored({ engine, parts }: EngineParts, names: readonly string[]): readonly string[] {
  const send = quoteLiteral(
    `Send ${names.join(", ")}, whole and in this order, and then this file. Nothing was changed.`,
  );
  return [
    blockComment([`Schema ssot: what makes the steps safe, and takes them back. Engine ${engine.version}.`]),
    `do $do$
declare
  present integer := 0;
  arrived integer := 0;
  stored text;
begin
  if to_regclass('ssot.engine') is not null then present := (select e.version from ssot.engine as e); end if;
  if present >= ${engine.version} then return; end if;
  if to_regclass('ssot.engine_text') is not null then
    select count(*), string_agg(t.sql, '' order by t.part) into arrived, stored
    from ssot.engine_text as t where t.version = ${engine.version} and t.part <= ${parts.length};
  end if;
  if arrived <> ${parts.length} then
    raise exception ${quoteLiteral(`engine ${engine.version} must be sent first: ${names.join(", ")}`)}
      using errcode = 'object_not_in_prerequisite_state', hint = ${send};
  end if;
  /* A line end may have become a blank on the way. */
  if md5(translate(stored, chr(10) || chr(13), ' ')) <> ${quoteLiteral(digestOf(parts))} then
    raise exception 'ssot.engine_text holds another text than this file was exported with'
      using errcode = 'object_not_in_prerequisite_state', hint = ${send};
  end if;
  execute stored;
end
$do$;`,
    "call ssot.finish_upgrade(false);",
  ];
}

function digestOf(parts: readonly string[]): string {
  const text = parts.map((part) => `\n${part}`).join("");
  return createHash("md5").update(text.replaceAll("\n", " ")).digest("hex");
}

function lengthAsJson(text: string): number {
  return Buffer.byteLength(text) + text.split('"').length - 1;
}

// Every database gets all of it, and prose is for those who read the engine's own files. What routines are made of stays as
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
