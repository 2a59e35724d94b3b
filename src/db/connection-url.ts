import { SsotError } from "../model/errors.ts";
import { isParameter, type ParameterName } from "./parameters.ts";

export type Given = Readonly<Partial<Record<ParameterName, string>>>;

// User, password, host, port, database, query. At most one @, and before the first slash: what stands behind an unescaped one of
// a password would be taken for host or database, and shown.
const shape =
  /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/]*))?@)?(\[[^\]/?@]+\]|[^:/?@[\]]*)(?::([^/?@]*))?(?:\/([^/?@]*))?(?:\?([^@]*))?$/s;

/**
 * The parameters that a URL of PostgreSQL gives, read as libpq reads it: what its query says counts before what stands in
 * front. Throws CONFIGURATION, without a part of the URL that may be a password. `source` says where it came from.
 */
export function readConnectionUrl(text: string, source: string): Given {
  const refuse = (why: string): SsotError =>
    new SsotError("CONFIGURATION", `the database URL (from ${source}) cannot be used: ${why}`, {
      hint: "Expected postgres://user:password@host:5432/database",
    });
  const decode = (part: string): string => {
    try {
      const decoded = decodeURIComponent(part);
      if (!decoded.includes("\0")) return decoded;
    } catch {
      // Said below: the error of the language would be no more precise.
    }
    throw refuse("a % in it must be written %25, and what follows one must be UTF-8");
  };
  const match = shape.exec(text);
  if (match === null) {
    if (!/^postgres(ql)?:\/\//.test(text)) throw refuse("it does not begin with postgres://");
    if (!/@/.test(text)) throw refuse("it is no URL");
    throw refuse("a slash or an @ in user, password or database must be percent-encoded");
  }
  const [, user, password, host, port, dbname, query = ""] = match;
  const given = new Map<ParameterName, string>();
  const parts = { user, password, host: host?.replace(/^\[(.*)\]$/, "$1"), port, dbname };
  for (const name of ["user", "password", "host", "port", "dbname"] as const) {
    if (parts[name]) given.set(name, decode(parts[name]));
  }
  const seen = new Set<string>();
  for (const piece of query.split("&").filter((part) => part !== "")) {
    const [, key = "", rest] = /^([^=]*)(?:=(.*))?$/s.exec(piece) ?? [];
    let [name, value] = [decode(key), decode(rest ?? "")];
    if (name === "ssl") {
      // libpq knows this one for the sake of JDBC's URLs, and no other value of it.
      if (value !== "true") throw refuse("ssl is true or is not there: say sslmode");
      [name, value] = ["sslmode", "require"];
    }
    if (!isParameter(name)) {
      // It may be a piece of a password that was not encoded: only what looks like a misspelt name is repeated.
      const mayBePart = rest === undefined || seen.has("password") || seen.has("sslpassword");
      const told = !mayBePart && /^[A-Za-z][A-Za-z_]{1,30}$/.test(name);
      throw refuse(told ? `it has no parameter ${name}` : "it has a parameter that is unknown");
    }
    if (seen.has(name)) throw refuse(`${name} is given twice`);
    seen.add(name);
    if (value === "" && name !== "password" && name !== "options") throw refuse(`${name} is empty`);
    // Programs write a blank of these as a plus, which no server takes for a part of its options.
    given.set(name, name === "options" ? decode((rest ?? "").replaceAll("+", " ")) : value);
  }
  return Object.fromEntries(given);
}
