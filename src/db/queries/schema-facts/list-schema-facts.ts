import { createHash } from "node:crypto";
import type { Sql } from "postgres";
import type { SchemaFact } from "./fact.ts";
import { objectListings } from "./objects.ts";
import { otherListings } from "./others.ts";
import { listingsOfTables } from "./tables.ts";
import { sortViewColumns } from "./view-columns.ts";

/**
 * Every object of the database outside of PostgreSQL and of schema ssot, with what can be said of it; a column's place in its table or view is
 * no part of that. Names come qualified only on a session without a search_path. What takes a definition of more than a line is
 * hashed. Roles, large objects and what else belongs to the whole server are not in it.
 */
export async function listSchemaFacts(sql: Sql): Promise<readonly SchemaFact[]> {
  const facts: SchemaFact[] = [];
  for (const [kind, list] of Object.entries({ ...otherListings, ...objectListings, ...listingsOfTables })) {
    for (const { name, ...rest } of await list(sql)) {
      const told = kind === "view" ? { definition: sortViewColumns(String(rest.definition)) } : rest;
      facts.push({ kind, name: String(name), definition: shorten(JSON.stringify(told)) });
    }
  }
  return facts;
}

function shorten(text: string): string {
  return text.length <= 200 ? text : createHash("sha256").update(text).digest("hex");
}
