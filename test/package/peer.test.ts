import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Consumer, makeConsumer } from "./consumer.ts";

// A project without OpenTelemetry, and one that has it.
let without: Consumer;
let having: Consumer;
beforeAll(() => {
  without = makeConsumer(["libphonenumber-js", "postgres"]);
  const parts = ["api", "sdk-trace-base", "sdk-metrics"].map((name) => `@opentelemetry/${name}`);
  having = makeConsumer(["libphonenumber-js", "postgres", ...parts], without.tarball);
});
afterAll(() => {
  without?.remove();
  having?.remove();
});

// Nobody's call: no database is asked.
const program = (changes = "") => `
  const sql = postgres("postgres://nobody@127.0.0.1:1/none");
  const webhook = createVapiWebhook({
    sql, resolveOrganization: () => null, authenticate: "none", logger: { info() {}, warn() {}, error() {} }, ${changes}
  });
  const message = { type: "status-update", status: "ended", call: { id: "c" } };
  const answer = webhook.fetch(new Request("https://host.example/", { method: "POST", body: JSON.stringify({ message }) }));`;
const says = "answer.then(({ status }) => console.log(status));";

test("without OpenTelemetry the webhook works as ever, from ES modules and from CommonJS", () => {
  const esm = `import postgres from "postgres"; import { createVapiWebhook } from "ssot/webhook"; ${program()} ${says}`;
  expect(without.run(esm)).toBe("404\n");
  const cjs = `const postgres = require("postgres"); const { createVapiWebhook } = require("ssot/webhook"); ${program()} ${says}`;
  expect(without.run(cjs, { type: "commonjs" })).toBe("404\n");
});

test.each([
  ["found by itself", "module", ""],
  ["found by itself", "commonjs", ""],
  ["handed over", "module", "telemetry: { api }"],
  ["switched off", "module", "telemetry: false"],
] as const)("where it is installed it is %s (%s)", (how, type, option) => {
  const names = [
    ["postgres", "default: postgres"],
    ["ssot/webhook", "createVapiWebhook"],
    ["@opentelemetry/sdk-trace-base", "BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor"],
  ] as const;
  const imports = names.map(([name, what]) =>
    type === "module"
      ? `const { ${what} } = await import("${name}");`
      : `const ${what.startsWith("default") ? "postgres" : `{ ${what} }`} = require("${name}");`,
  );
  const api =
    type === "module" ? `import * as api from "@opentelemetry/api";` : `const api = require("@opentelemetry/api");`;
  const printed = having.run(
    `${api} ${imports.join(" ")}
     const exporter = new InMemorySpanExporter();
     api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
     ${program(option)}
     answer.then(() => console.log(exporter.getFinishedSpans().map(({ name }) => name).join()));`,
    { type },
  );
  expect(printed).toBe(how === "switched off" ? "\n" : "vapi status-update\n");
});

test("importing the webhook loads nothing of it, and neither code nor types name it in an import", () => {
  expect(having.modulesOf("ssot/webhook").filter((address) => address.includes("@opentelemetry"))).toEqual([]);
  const folder = join(having.folder, "node_modules", "ssot", "dist", "src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(js|d\.ts)$/.test(name));
  expect(files.length).toBeGreaterThan(200);
  const importing = /(?:\bfrom|\bimport|\brequire|reference types=)[\s(]*["']@opentelemetry/;
  expect(files.filter((name) => importing.test(readFileSync(join(folder, name), "utf8")))).toEqual([]);
});
