import { afterAll, expect, test } from "vitest";
import { writeSnippets } from "./snippets.ts";

const snippets = writeSnippets();
afterAll(() => snippets.remove());

test("every block of TypeScript in the guide compiles, by the strict rules of this project", {
  timeout: 180_000,
}, () => {
  expect(snippets.names.length).toBeGreaterThan(12);
  expect(snippets.compile()).toEqual([]);
});
