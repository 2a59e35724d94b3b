import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { SsotError } from "../model/errors.ts";
import type { Suite } from "./define.ts";
import { neededObjects } from "./objects.ts";

const extensions = new Set([".js", ".mjs", ".ts", ".mts"]);

// What defineSuite gives, as far as it can be told from outside; the module may come with another copy of this package.
const suite = z.custom<Suite>((value) => {
  const shape = z.object({
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    title: z.string(),
    checks: z
      .array(
        z.object({
          id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
          claim: z.string(),
          hint: z.string(),
          kind: z.enum(["query", "scan", "read", "probe"]),
          severity: z.enum(["fail", "warn"]).optional(),
          needs: z.array(z.enum(neededObjects)).optional(),
          scan: z.enum(["calls", "contacts"]).optional(),
        }),
      )
      .min(1),
  });
  return shape.safeParse(value).success;
});

/**
 * The suites of a folder: each module's default export, in the order of file names. Throws CONFIGURATION for a folder
 * without any, a module that cannot be loaded or exports something else, and an id that is taken.
 */
export async function loadSuites(directory: string, taken: readonly Suite[]): Promise<readonly Suite[]> {
  const files = await readdir(directory).catch((cause: unknown) => {
    throw new SsotError("CONFIGURATION", `the folder of suites cannot be read: ${directory}`, { cause });
  });
  const modules = files
    .filter((name) => extensions.has(extname(name)) && !/\.(test|spec|d)\.[^.]+$/.test(name))
    .toSorted();
  if (modules.length === 0) {
    throw new SsotError("CONFIGURATION", `the folder of suites holds none: ${directory}`, {
      hint: "Expected modules (.js, .mjs, .ts) whose default export is made by defineSuite",
    });
  }
  const loaded: Suite[] = [];
  for (const name of modules) {
    const found = suite.safeParse(await load(join(directory, name)));
    if (!found.success) {
      throw new SsotError(
        "CONFIGURATION",
        `${name} exports no suite by default, or one with a field that is not known`,
        {
          hint: 'Expected: export default defineSuite({ … }), from "ssot/verify"',
        },
      );
    }
    if ([...taken, ...loaded].some(({ id }) => id === found.data.id)) {
      throw new SsotError("CONFIGURATION", `${name}: there is a suite ${found.data.id} already`);
    }
    loaded.push(found.data);
  }
  return loaded;
}

async function load(path: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    return typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SsotError("CONFIGURATION", `the suite ${path} cannot be loaded: ${why}`, { cause });
  }
}
