import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../src/model/package-root.ts";
import type { BenchServer } from "./server.ts";

/** The command as a user starts it; it runs from dist, which `npm run bench` builds. */
export const cli = join(packageRoot(), "bin", "ssot.js");

/** Runs a program to its end and gives what it printed; throws where it says that something is wrong. */
export async function runProgram(
  program: string,
  options: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(program, options, {
    cwd: packageRoot(),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (piece) => {
    output += piece;
  });
  child.stderr.on("data", (piece) => {
    errors += piece;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${errors}${output}`);
  return output;
}

/** Runs `ssot` as a process of its own against a database, as an operator does. */
export async function runCommand(server: BenchServer, database: string, args: readonly string[]): Promise<void> {
  await runProgram(process.execPath, [cli, ...args, "--yes", "--quiet"], { DATABASE_URL: server.url(database) });
}
