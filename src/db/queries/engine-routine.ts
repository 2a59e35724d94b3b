import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../model/package-root.ts";

/** The body of a routine of the engine that asks for nothing else of it: for databases that have none yet. */
export async function readRoutineBody(path: string): Promise<string> {
  const text = await readFile(join(packageRoot(), "sql", path), "utf8");
  const body = /\bas \$\$\n([\s\S]*)\$\$;/.exec(text)?.[1];
  if (body === undefined) throw new Error(`sql/${path} holds no routine`);
  return body;
}
