import type { Sql } from "postgres";
import { quoteName, quoteText } from "./quote.ts";
import type { RoleFacts, SettingFacts } from "./role-facts.ts";

/** Makes a superuser of a free name, who may log in. */
export async function makeSuperuser(sql: Sql, name: string, password: string): Promise<void> {
  await sql.unsafe(`create role ${quoteName(name)} superuser login password ${quoteText(password)}`);
}

/** Gives a role another name, which somebody else's is to have. */
export async function renameRole(sql: Sql, from: string, to: string): Promise<void> {
  await sql.unsafe(`alter role ${quoteName(from)} rename to ${quoteName(to)}`);
}

/** Makes the roles, without login but for `user`, who gets the password; then grants each what it was granted. */
export async function makeRoles(
  sql: Sql,
  roles: readonly RoleFacts[],
  { user, password }: { readonly user: string; readonly password: string },
): Promise<void> {
  const own = roles.filter(({ predefined }) => !predefined);
  for (const { name, superuser, attributes } of own) {
    const login = name === user ? `login password ${quoteText(password)}` : "nologin";
    await sql.unsafe(`create role ${quoteName(name)} ${superuser ? "superuser" : ""} ${attributes} ${login}`);
  }
  for (const { name, granted } of own) {
    for (const { role, how } of granted) {
      await sql.unsafe(`grant ${quoteName(role)} to ${quoteName(name)} with ${how}`);
    }
  }
}

/** Makes a role that may write rows, and is otherwise no more than the roles of `like`: code in tables that runs meanwhile runs as it. */
export async function makeLoader(
  sql: Sql,
  name: string,
  password: string,
  { like, database }: { readonly like: readonly string[]; readonly database: string },
): Promise<void> {
  const [role, on] = [quoteName(name), quoteName(database)];
  await sql.unsafe(`create role ${role} bypassrls login password ${quoteText(password)}`);
  for (const other of ["pg_read_all_data", "pg_write_all_data", ...like]) {
    await sql.unsafe(`grant ${quoteName(other)} to ${role}`);
  }
  await sql.unsafe(`grant connect, temporary on database ${on} to ${role}`);
}

/** Removes it and what it was granted in this database. */
export async function dropLoader(sql: Sql, name: string): Promise<void> {
  await sql.unsafe(`drop owned by ${quoteName(name)}; drop role ${quoteName(name)}`);
}

/** Lets sessions of this database start with a setting; false where it cannot be set there. */
export async function makeSetting(
  sql: Sql,
  database: string,
  { role, here, name, value }: SettingFacts,
): Promise<boolean> {
  // A library that is missing would let nobody in.
  if (/_preload_libraries$/.test(name)) return false;
  const whose =
    role === null
      ? `alter database ${quoteName(database)}`
      : `alter role ${quoteName(role)}${here ? ` in database ${quoteName(database)}` : ""}`;
  try {
    // By the server's own reading of it: some settings are lists, and some names have dots.
    const set = `select pg_catalog.set_config(${quoteText(name)}, ${quoteText(value)}, true)`;
    await sql.unsafe(`begin; ${set}; ${whose} set ${name.split(".").map(quoteName).join(".")} from current; commit`);
    return true;
  } catch {
    await sql.unsafe("rollback");
    return false;
  }
}
