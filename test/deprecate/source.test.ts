import { afterAll, beforeAll, expect, test } from "vitest";
import { callSsot } from "../cli/call-ssot.ts";
import { makeWiki, type Project } from "./wiki.ts";

let project: Project;
beforeAll(async () => {
  project = await makeWiki();
});
afterAll(() => project.end());

const source = () => callSsot(["audit", "source", ".", "--json"], { directory: project.folder });

test("code is searched for what the files at hand deprecate; where they deprecate nothing, nothing is called clean", async () => {
  project.write(
    "page.ts",
    "const name = page.authorName;\nsql`select author_name from pages`;\nselect author_name from comments\n",
  );
  project.write("list.ts", 'await db.select().from(pages);\nsupabase.from("pages").select();\n');
  const nothing = await source();
  expect(nothing.exitCode).toBe(2);
  expect(nothing.stderr).toContain("no migration at hand deprecates a column");
  expect(
    (await project.ssot("deprecate", "pages.author_name", "--reason", 'it\'s "kept" by users.name, (once)')).exitCode,
  ).toBe(0);
  const found = await source();
  expect(found.exitCode).toBe(1);
  const { mentions } = JSON.parse(found.stdout).source;
  const places = mentions.map(({ file, line, table, column }: Record<string, unknown>) => [file, line, table, column]);
  expect(places).toContainEqual(["page.ts", 1, "public.pages", "author_name"]);
  expect(places).toContainEqual(["page.ts", 2, "public.pages", "author_name"]);
  expect(
    places.filter(([file]: readonly unknown[]) => file === "list.ts").map(([, line]: readonly unknown[]) => line),
  ).toEqual([1, 2]);
});
