import type { Sql } from "postgres";
import { CheckError } from "./check-error.ts";
import { type EngineFacts, readEngineFacts, type Statement } from "./engine-facts.ts";
import { type Fragment, org } from "./fragment.ts";

/** What the statements of a run are restricted to. */
export interface Scope {
  /** The only organisation to look at; null: all. */
  readonly org: string | null;
}

export type AnswerRow = Readonly<Record<string, unknown>>;

/**
 * Sends a fragment as one statement, its values as parameters; what it depends on is read where the caller does not know
 * it. Throws for a text that is no query, such as one that ends
 * the transaction; PostgreSQL refuses a second statement, and a query that writes.
 */
export async function ask(
  session: Sql,
  statement: Statement,
  scope: Scope,
  facts?: EngineFacts,
): Promise<readonly AnswerRow[]> {
  const fragment = await fragmentOf(session, statement, facts);
  if (!query.test(fragment.strings[0] ?? "")) throw new CheckError("the statement of a check is not a query");
  return session<AnswerRow[]>(template(fragment), ...valuesOf(fragment, scope));
}

/** The columns that the statement gives, as PostgreSQL describes them; runs nothing. */
export async function describe(
  session: Sql,
  statement: Statement,
): Promise<readonly { readonly name: string; readonly type: number }[]> {
  const fragment = await fragmentOf(session, statement);
  const { columns } = await session(template(fragment), ...valuesOf(fragment, { org: null })).describe();
  return columns.map(({ name, type }) => ({ name, type }));
}

async function fragmentOf(session: Sql, statement: Statement, facts?: EngineFacts): Promise<Fragment> {
  return typeof statement === "function" ? statement(facts ?? (await readEngineFacts(session))) : statement;
}

// A tagged template without parameters is sent by the extended protocol too, which takes one statement only.
function template({ strings }: Fragment): TemplateStringsArray {
  return Object.assign([...strings], { raw: [...strings] });
}

const query = /^(?:\s|--.*\n|\/\*[\s\S]*?\*\/|\()*(?:select|with|values|table)\b/i;

function valuesOf({ values }: Fragment, scope: Scope): readonly (string | number | boolean | Date | null)[] {
  return values.map((value) => (value === org ? scope.org : value));
}
