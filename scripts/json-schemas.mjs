// Writes schemas/: a JSON Schema for each document that ssot prints, writes or reads. Those of `--json` are made of the types of
// src/report/documents.ts, plan and configuration of the shapes that read them. node scripts/json-schemas.mjs [--check]. Needs a build.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";
import { z } from "zod";
import { configurationShape } from "../dist/src/core/configuration-shape.js";
import { planShape } from "../dist/src/core/plan-document/shape.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const dialect = "https://json-schema.org/draft/2020-12/schema";
const source = join(root, "src", "report", "documents.ts");

const generator = createGenerator({
  path: source,
  tsconfig: join(root, "tsconfig.json"),
  type: "*",
  skipTypeCheck: true,
  additionalProperties: false,
  expose: "export",
  topRef: false,
});

// Its dialect is an older one: definitions have another name since.
function modernise(value) {
  if (Array.isArray(value)) return value.map(modernise);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (name === "$ref") return [name, each.replace("#/definitions/", "#/$defs/")];
      return [name === "definitions" ? "$defs" : name, modernise(each)];
    }),
  );
}

function titled(name, title, { $schema: _, ...schema }) {
  return { $schema: dialect, $id: `urn:ssot:schema:${name}`, title, ...schema };
}

const documents = [...readFileSync(source, "utf8").matchAll(/^export type (\w+)Document\b/gm)].map(([, name]) => {
  const file = name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const command = name === "Error" ? "any command that could not do its job" : `ssot ${file.replace("-", " ")}`;
  return [file, `What ${command} prints with --json`, modernise(generator.createSchema(`${name}Document`))];
});
const read = [
  ["plan-file", "What --plan-out writes and --plan reads", z.toJSONSchema(planShape)],
  ["configuration", "ssot.config.json", z.toJSONSchema(configurationShape, { io: "input" })],
];

const files = new Map(
  [...documents, ...read].map(([name, title, schema]) => [
    `${name}.json`,
    `${JSON.stringify(titled(name, title, schema), null, 2)}\n`,
  ]),
);
const folder = join(root, "schemas");
if (process.argv.includes("--check")) {
  const there = readdirSync(folder);
  const stale = [...files].filter(
    ([name, text]) => !there.includes(name) || readFileSync(join(folder, name), "utf8") !== text,
  );
  const wrong = [...stale.map(([name]) => name), ...there.filter((name) => !files.has(name))];
  if (wrong.length > 0) {
    console.error(`not as the types say: ${wrong.join(", ")}; run node scripts/json-schemas.mjs`);
    process.exitCode = 1;
  }
} else {
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
}
