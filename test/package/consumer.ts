import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../src/model/package-root.ts";

/** An empty project that has installed the packed package, without a registry. */
export interface Consumer {
  readonly folder: string;
  readonly tarball: string;
  /** Runs a text as a module of the project; gives what it prints. Throws what it complains of. */
  run(text: string, options?: RunOptions): string;
  /** The addresses of all modules that `import` of one name loads, of ssot itself from its folder on. */
  modulesOf(name: string): readonly string[];
  remove(): void;
}

interface RunOptions {
  readonly type?: "module" | "commonjs";
  readonly nodeOptions?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Packs what is in dist/, which the run's set-up has brought up to date, and unpacks it next to linked dependencies. Another
 * consumer's tarball saves the packing.
 */
export function makeConsumer(dependencies: readonly string[], packed?: string): Consumer {
  const root = packageRoot();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ssot-consumer-")));
  const tarball = packed ?? packInto(folder);
  const installed = join(folder, "node_modules", "ssot");
  mkdirSync(installed, { recursive: true });
  call("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed], folder);
  for (const name of dependencies) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link, "junction");
  }
  const run = (text: string, { type = "module", nodeOptions = [], environment = {} }: RunOptions = {}): string =>
    call(process.execPath, [...nodeOptions, `--input-type=${type}`, "--eval", text], folder, environment);
  return {
    folder,
    tarball,
    run,
    modulesOf: (name) => {
      const loaded = join(folder, "loaded.txt");
      rmSync(loaded, { force: true });
      const recorder = pathToFileURL(join(root, "test", "package", "record-modules.mjs")).href;
      // Modules of the older kind are not seen by hooks, but are in their cache.
      const required = run(
        `import { createRequire } from "node:module";
         await import("${name}");
         console.log(Object.keys(createRequire(process.cwd() + "/").cache).join("\\n"));`,
        { nodeOptions: ["--import", recorder], environment: { SSOT_TEST_LOADED: loaded } },
      );
      return `${readFileSync(loaded, "utf8")}${required}`
        .split("\n")
        .filter((address) => address.includes("/"))
        .map((address) => address.replace(pathToFileURL(installed).href, "ssot"));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Packs what is in dist/ into a folder; gives the tarball. */
export function packInto(folder: string): string {
  const root = packageRoot();
  // Its scripts would build again, into the dist/ that other tests are reading.
  call("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], root);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return join(folder, `ssot-${version}.tgz`);
}

/** Runs a program to its end and gives what it prints. Throws what it complains of. */
export function call(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...environment },
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? `${stdout}${stderr}`}`);
}
