/** What may be logged of an error of somebody's: its class, and of PostgreSQL's the state and what the catalog calls things. */
export interface ErrorDescription {
  readonly error: string;
  readonly sqlstate?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

const identifier = /^[A-Za-z_$][\w$]{0,99}$/;

/**
 * An error without its message, which may repeat values of a person, and without PostgreSQL's DETAIL and hint. Of an error that is only
 * the wrapping of another the inner one is described.
 */
export function describeError(error: unknown): ErrorDescription {
  const inner = innermost(error);
  if (!(inner instanceof Error)) return { error: typeof inner };
  const fields = fieldsOf(inner);
  const name = [inner.name, inner.constructor.name].find((one) => identifier.test(one) && one !== "Error");
  return {
    error: name ?? "Error",
    ...nameOf("sqlstate", fields.code),
    ...nameOf("table", fields.table_name),
    ...nameOf("column", fields.column_name),
    ...nameOf("constraint", fields.constraint_name),
  };
}

/** The further fields of an error, such as PostgreSQL's. */
export function fieldsOf(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof Error ? Object.fromEntries(Object.entries(error)) : {};
}

function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error;
}

function nameOf(field: string, value: unknown): Readonly<Record<string, string>> {
  return typeof value === "string" && value.length <= 100 && value !== "" ? { [field]: value } : {};
}
