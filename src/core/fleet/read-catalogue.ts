import { connect } from "../../db/connection.ts";
import { sqlStateOf } from "../../db/connection-error.ts";
import { type CatalogueRow, listCatalogueRows } from "../../db/queries/fleet/catalogue-rows.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import { type Entry, problemOfName, refuseAll, refuseNone, refuseTwins } from "./entry.ts";

/**
 * Asks a catalogue database for the targets: rows of `name`, `url` and, where there are any, `replica` and `copy`, in the query's
 * order. Reads only. Variables in them are not expanded: a row would be sent what the environment keeps for others. Throws
 * CONFIGURATION for a query that fails, gives no row or one that cannot be used; what stands in a row is never repeated.
 */
export async function readCatalogue(target: Target, query: string): Promise<readonly Entry[]> {
  const rows = await askCatalogue(target, query);
  const problems: string[] = [];
  const entries = rows.flatMap((row, index): readonly Entry[] => {
    const place = `row ${index + 1}`;
    const read = readRow(row, place);
    if (typeof read !== "string") return [read];
    problems.push(`${place}: ${read}`);
    return [];
  });
  refuseAll(problems);
  refuseNone(entries, "the query of the catalogue");
  refuseTwins(entries);
  return entries;
}

async function askCatalogue(target: Target, query: string): Promise<readonly CatalogueRow[]> {
  const connection = await connect(target);
  try {
    await connection.execute(
      "begin isolation level repeatable read, read only; set local search_path to default; set local statement_timeout = '60s'",
    );
    return await listCatalogueRows(connection.sql, query);
  } catch (error) {
    throw failed(error);
  } finally {
    await connection.execute("rollback").catch(() => []);
    await connection.close();
  }
}

// What the server says of a mistake in the query cites the query alone; what it says of a value would cite a URL.
const citesQuery = /^42|^25006$/;

function failed(error: unknown): unknown {
  const state = sqlStateOf(error);
  if (state === undefined) return error;
  const said = citesQuery.test(state) && error instanceof Error ? error.message : "its message may cite a row";
  return new SsotError("CONFIGURATION", `the query of the catalogue failed: ${said} (${state})`, {
    hint: 'Expected one statement that only reads, such as --query "select name, url from public.tenants".',
  });
}

const columns = ["name", "url", "replica", "copy"];

function readRow(row: CatalogueRow, place: string): Entry | string {
  const unknown = Object.keys(row).filter((column) => !columns.includes(column));
  if (unknown.length > 0) return `it has other columns than ${columns.join(", ")}`;
  const [name, url, replica, copy] = columns.map((column) => textOf(row[column]));
  const problem = problemOfName(name ?? "");
  if (problem !== undefined) return problem;
  if (name === undefined || url === undefined) return "it has no url";
  return { name, url, replica, copy, place };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
