const shape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a value is a text in the usual shape of a UUID, in any case of letters. */
export function isUuid(value: unknown): value is string {
  return typeof value === "string" && shape.test(value);
}
