import type { Sql } from "postgres";
import { listContactReferences } from "../contact-references.ts";
import type { Obstacle } from "./obstacle.ts";

/** Foreign keys that a merged contact, or a number that is normalised, would break. */
export async function listStrangeReferences(sql: Sql): Promise<readonly Obstacle[]> {
  const references = await listContactReferences(sql);
  return references
    .filter(({ column }) => column === null)
    .map(({ table, constraint }) => ({
      what: `${table} (${constraint}) references another key of contacts than its id`,
      remedy: `let ${table} reference contacts(id)`,
    }));
}
