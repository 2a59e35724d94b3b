import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { packageRoot } from "../../src/model/package-root.ts";

const folder = join(packageRoot(), "schemas");
const known = new Map<string, ValidateFunction>();

/** The names of the schemas that are shipped, without their ending. */
export function schemaNames(): readonly string[] {
  return readdirSync(folder).map((file) => file.replace(/\.json$/, ""));
}

/** A schema as it is shipped. */
export function readSchema(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
}

/** What of a document its schema does not allow; empty: it is valid. */
export function problemsOf(name: string, document: unknown): readonly string[] {
  const validate = known.get(name) ?? compile(name);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The schema of what a command line printed: of its error where there is one. */
export function schemaOf(args: readonly string[], document: unknown): string {
  const { command, error } = Object(document);
  if (error !== undefined) return "error";
  if (command !== "audit") return String(command);
  return `audit-${args.find((arg) => schemaNames().includes(`audit-${arg}`))}`;
}

function compile(name: string): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  formats.default(ajv);
  const validate = ajv.compile(readSchema(name));
  known.set(name, validate);
  return validate;
}
