import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../src/model/package-root.ts";

/** A file of fixtures/upgrades, with the texts that it has in common with others put in. */
export async function readDump(file: string): Promise<string> {
  const read = (name: string) => readFile(join(packageRoot(), "fixtures", "upgrades", `${name}.sql`), "utf8");
  const [text, engine] = await Promise.all([read(file), read("engine")]);
  const entries = new Map(
    engine
      .split(/^-- entry: /m)
      .slice(1)
      .map((entry): [string, string] => {
        const end = entry.indexOf("\n");
        return [entry.slice(0, end), entry.slice(end + 1)];
      }),
  );
  return text.replace(/^-- engine\.sql: (.*)$/gm, (_, object: string) => {
    const entry = entries.get(object);
    if (entry === undefined) throw new Error(`${file}: engine.sql has no entry ${object}`);
    return entry;
  });
}
