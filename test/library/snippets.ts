import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { marked } from "marked";
import ts from "typescript";
import { packageRoot } from "../../src/model/package-root.ts";

/** The TypeScript of docs/library.md as files of a project inside this one. */
export interface Snippets {
  readonly folder: string;
  /** Names of the files, in the page's order. */
  readonly names: readonly string[];
  /** What the compiler says of all of them together, by the rules of this project; each mention begins with its file. */
  compile(): readonly string[];
  remove(): void;
}

// What the guide uses of Deno.
const deno = `declare const Deno: {
  readonly env: { get(name: string): string | undefined };
  serve(handler: (request: Request) => Response | Promise<Response>): void;
};
`;

/** Writes each block \`\`\`ts NAME of the page to its file, and as JavaScript next to it. */
export function writeSnippets(): Snippets {
  const root = packageRoot();
  const page = readFileSync(join(root, "docs", "library.md"), "utf8");
  mkdirSync(join(root, ".ssot"), { recursive: true });
  const folder = mkdtempSync(join(root, ".ssot", "snippets-"));
  const blocks = marked.lexer(page).flatMap((token) => (token.type === "code" ? [{ ...token }] : []));
  const names = blocks.flatMap(({ lang, text }) => {
    const [language, name] = `${lang}`.split(" ");
    if (language !== "ts") return [];
    if (name === undefined) throw new Error(`a block of docs/library.md has no file name: ${text}`);
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    const compilerOptions = {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    };
    writeFileSync(path.replace(/\.ts$/, ".js"), ts.transpileModule(text, { compilerOptions }).outputText);
    return [name];
  });
  writeFileSync(join(folder, "deno.d.ts"), deno);
  return {
    folder,
    names,
    compile: () => compile(root, folder, [...names, "deno.d.ts"]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function compile(root: string, folder: string, names: readonly string[]): readonly string[] {
  const { version, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entry = (name: string): string[] => [join(root, "src", name, "public.ts")];
  const program = ts.createProgram({
    rootNames: names.map((name) => join(folder, name)),
    options: {
      ...options,
      paths: {
        "ssot/webhook": entry("webhook"),
        "ssot/dashboard": entry("dashboard"),
        [`npm:ssot@${version}/webhook`]: entry("webhook"),
        [`npm:postgres@${dependencies.postgres}`]: [join(root, "node_modules", "postgres", "types", "index.d.ts")],
        "@/*": [join(folder, "*.ts")],
      },
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, "\n");
    return `${file?.fileName.replace(`${folder}/`, "") ?? ""}: ${text}`;
  });
}
