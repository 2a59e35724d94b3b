import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marked, type Token } from "marked";
import { packageRoot } from "../../src/model/package-root.ts";

/** A block of code, and what stands behind its three backticks. */
export interface Fence {
  readonly language: string;
  readonly info: string;
  readonly text: string;
}

/** A page of documentation. */
export interface Page {
  /** Its path inside the project. */
  readonly path: string;
  readonly text: string;
  /** Lines of code: of the page's shell blocks, and what stands in backticks. */
  readonly code: readonly string[];
  /** The content of each block of a language, in order. */
  blocks(language: string): readonly string[];
  /** All blocks, in order. */
  readonly fences: readonly Fence[];
  /** Targets of links and pictures. */
  readonly links: readonly string[];
  /** What a link may name after #. */
  readonly anchors: ReadonlySet<string>;
}

/** The pages that people read: of the project's first folder, and of docs/. */
export function readPages(): readonly Page[] {
  const root = packageRoot();
  return ["", "docs"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".md"))
      .toSorted()
      .map((name) => readPage(root, join(folder, name))),
  );
}

const shells = new Set(["sh", "bash", "shell", "console", "yaml", "yml"]);

/** One page below a folder. */
export function readPage(root: string, path: string): Page {
  const text = readFileSync(join(root, path), "utf8");
  const tokens: Token[] = [];
  marked.walkTokens(marked.lexer(text), (token) => void tokens.push(token));
  const fences = tokens.flatMap((token): Fence[] => {
    if (token.type !== "code") return [];
    const [language = "", ...info] = String(token.lang ?? "").split(" ");
    return [{ language, info: info.join(" "), text: token.text }];
  });
  return {
    path,
    text,
    code: [
      ...tokens.flatMap((token) => (token.type === "codespan" ? [token.text] : [])),
      ...fences.flatMap(({ language, text: block }) => (shells.has(language) ? joined(block) : [])),
    ],
    blocks: (wanted) => fences.flatMap(({ language, text: block }) => (language === wanted ? [block] : [])),
    fences,
    links: tokens.flatMap((token) => (token.type === "link" || token.type === "image" ? [token.href] : [])),
    anchors: new Set(tokens.flatMap((token) => (token.type === "heading" ? [anchorOf(token.text)] : []))),
  };
}

// A line that ends in a backslash goes on in the next.
const joined = (text: string): string[] => text.replace(/\\\n\s*/g, " ").split("\n");

// As GitHub makes them.
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
