import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../src/model/package-root.ts";
import type { BenchServer } from "./server.ts";

/** Runs `ssot` as a process of its own against a database, as an operator does. Throws what it says where it fails. */
export async function runCommand(server: BenchServer, database: string, args: readonly string[]): Promise<void> {
  const { host, port, user, password } = server.target(database);
  const url = new URL(`postgres://${host}:${port}/${database}`);
  url.username = user;
  url.password = password ?? "";
  const child = spawn(process.execPath, [join(packageRoot(), "bin/ssot.js"), ...args, "--yes", "--quiet"], {
    env: { ...process.env, DATABASE_URL: url.href },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (piece: Buffer) => {
    said += piece.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`ssot ${args.join(" ")} ended with ${code}: ${said}`);
}
