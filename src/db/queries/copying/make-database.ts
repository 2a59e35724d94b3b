import type { Sql } from "postgres";
import { sqlStateOf } from "../../connection-error.ts";
import type { DatabaseFacts } from "./database-facts.ts";
import { quoteName, quoteText } from "./quote.ts";

/**
 * Makes an empty database of the same name, owner, encoding and rights, and of the same locale where the server has it, in the place of
 * one of that name. Tells whether it has.
 */
export async function makeDatabase(sql: Sql, facts: DatabaseFacts): Promise<{ readonly sameLocale: boolean }> {
  const name = quoteName(facts.name);
  await sql.unsafe(`drop database if exists ${name}`);
  const create = `create database ${name} template template0 owner ${quoteName(facts.owner)} encoding ${quoteText(facts.encoding)}`;
  const locales = [localeOf(facts), "locale_provider libc locale 'C.UTF-8'", "locale_provider libc locale 'C'"];
  let used = 0;
  while (!(await tryCreate(sql, `${create} ${locales[used]}`, used === locales.length - 1))) used += 1;
  await sql.unsafe(`revoke all on database ${name} from public`);
  for (const { grantee, privilege, grantable } of facts.privileges) {
    await sql.unsafe(`grant ${privilege} on database ${name} to ${grantee}${grantable ? " with grant option" : ""}`);
  }
  return { sameLocale: used === 0 };
}

// PostgreSQL 16 and older know ICU's locale by another name of the catalog alone.
function localeOf({ provider, collate, ctype, locale }: DatabaseFacts): string {
  const system = `lc_collate ${quoteText(collate)} lc_ctype ${quoteText(ctype)}`;
  if (provider === "i") return `locale_provider icu icu_locale ${quoteText(locale ?? "")} ${system}`;
  if (provider === "b") return `locale_provider builtin builtin_locale ${quoteText(locale ?? "")} ${system}`;
  return `locale_provider libc ${system}`;
}

async function tryCreate(sql: Sql, statement: string, isLast: boolean): Promise<boolean> {
  try {
    await sql.unsafe(statement);
    return true;
  } catch (error) {
    // No such locale, not of this encoding, or a provider that this server was built without.
    const code = sqlStateOf(error);
    if (!isLast && (code === "22023" || code === "42809" || code === "0A000")) return false;
    throw error;
  }
}

/** Lets the planner and the sizes know of the rows. */
export async function analyzeDatabase(sql: Sql): Promise<void> {
  await sql.unsafe("vacuum (analyze)");
}
