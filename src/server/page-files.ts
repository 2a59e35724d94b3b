import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../model/package-root.ts";
import { paletteStyle } from "../model/palette.ts";

const html = "text/html; charset=utf-8";
const css = "text/css; charset=utf-8";
const script = "text/javascript; charset=utf-8";

const types: Readonly<Record<string, string>> = {
  calls: html,
  "calls.css": css,
  "calls.js": script,
  "call-item.js": script,
  "figures.js": script,
  "ask.js": script,
  "icon.svg": "image/svg+xml",
};

/** A file of the page, by the last part of its address; undefined where there is none of that name. */
export async function pageFile(name: string): Promise<Response | undefined> {
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type === undefined) return undefined;
  const text = await readFile(join(packageRoot(), "web", type === html ? `${name}.html` : name), "utf8");
  const body = type === css ? paletteStyle + text : text;
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-store" } });
}
