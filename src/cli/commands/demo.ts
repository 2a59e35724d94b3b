import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { DemoOptions } from "../../core/demo/story.ts";
import { SsotError } from "../../model/errors.ts";
import { embeddedDirectory } from "../global-options.ts";
import { helpText } from "../help.ts";
import type { Invocation, Register } from "../invocation.ts";
import { wantsColor, widthOf } from "../io.ts";
import { loadServer } from "../load-server.ts";
import { wholeNumber } from "../parse-number.ts";
import { printReport } from "../print-report.ts";

interface DemoFlags {
  readonly keep?: true;
  readonly serve?: number;
  readonly anyColumn?: true;
}

const usualPort = "3001";
const mostPort = 65_535;

/** `ssot demo`: the whole story on an embedded PostgreSQL of its own, or its migrated database behind a server. */
export function defineDemo(program: Command, register: Register): void {
  const command = program
    .command("demo")
    .summary("tell the whole story on a database of its own")
    .description("Tells the whole story on an embedded PostgreSQL: before, migrate, a new caller, the drop, rollback.")
    .addOption(
      new Option("--serve [port]", `stop once it is migrated, and serve dashboard and webhook on ${usualPort}; 0: any`)
        .preset(usualPort)
        .argParser(wholeNumber(0, mostPort)),
    )
    .addOption(
      new Option(
        "--any-column",
        "the story of a column of any table instead: ssot deprecate, migrate, the drop, rollback",
      ).conflicts(["serve", "keep"]),
    )
    .option("--keep", `leave the database in ${embeddedDirectory}, for --embedded`)
    .addHelpText(
      "after",
      helpText(
        ["ssot demo", "ssot demo --any-column", "ssot demo --serve", "ssot demo --keep && ssot status --embedded"],
        [0, 1, 2, 3, 130],
      ),
    );
  register<DemoFlags>(command, handleDemo);
}

async function handleDemo(invocation: Invocation, flags: DemoFlags): Promise<number> {
  const { io, options } = invocation;
  const { keep = false, serve } = flags;
  if (options.databaseUrl !== undefined || options.embedded !== undefined) {
    throw new SsotError("USAGE", "the demo brings its own database: --database-url and --embedded do not go with it");
  }
  const kept = resolve(io.cwd(), embeddedDirectory);
  if (keep && existsSync(kept)) {
    throw new SsotError("USAGE", `there is a database in ${embeddedDirectory} already`, {
      hint: `Remove that folder, or run the demo without --keep.`,
    });
  }
  if (serve !== undefined) {
    const { checkPort } = await loadServer();
    await checkPort(serve);
  }
  const { startEmbeddedServer, temporaryServerDirectory } = await import("../../db/embedded/embedded-server.ts");
  const home = keep ? kept : temporaryServerDirectory("ssot-demo-");
  const server = await startEmbeddedServer({ directory: home, ephemeral: !keep });
  try {
    const { host, port, user, password } = server;
    const target = { host, port, database: "postgres", user, password, ssl: false, source: "embedded" } as const;
    invocation.evidence.onTarget(target);
    return await tell(invocation, flags, target);
  } finally {
    await server.stop();
    if (!keep) rmSync(home, { recursive: true, force: true });
  }
}

async function tell(invocation: Invocation, flags: DemoFlags, target: DemoOptions["target"]): Promise<number> {
  const { io, options, signal } = invocation;
  const [{ renderAnyColumn, renderClaim, renderDemo }, { createStyle }, directory] = await Promise.all([
    import("../../report/render-demo.ts"),
    import("../../report/style.ts"),
    flags.anyColumn ? mkdtempSync(join(tmpdir(), "ssot-demo-files-")) : storyOfDemo(invocation),
  ]);
  const style = createStyle({ color: wantsColor(io.stdout, io.env, options.color), width: widthOf(io.stdout) });
  const story: DemoOptions = {
    target,
    directory,
    signal,
    onClaim: (claim) => {
      if (!options.json) io.stdout.write(`${renderClaim(claim, style)}\n`);
    },
  };
  if (flags.anyColumn) {
    try {
      const { runAnyColumn } = await import("../../core/demo/run-any-column.ts");
      const report = await runAnyColumn(story);
      await printReport(invocation, report, renderAnyColumn);
      return report.ok ? 0 : 1;
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
  if (flags.serve === undefined) {
    const { runDemo } = await import("../../core/demo/run-demo.ts");
    const report = await runDemo(story);
    await printReport(invocation, report, renderDemo);
    return report.ok ? 0 : 1;
  }
  const [{ prepareDemo }, { serveDemo }] = await Promise.all([
    import("../../core/demo/prepare-demo.ts"),
    import("../serve-demo.ts"),
  ]);
  const prepared = await prepareDemo(story);
  await serveDemo(invocation, { target, prepared, port: flags.serve, kept: flags.keep ?? false });
  return prepared.ok ? 0 : 1;
}

// It has tables of its own, and tells the pack's story, whatever is set for others.
async function storyOfDemo({ io, options }: Invocation): Promise<string> {
  if (options.migrations !== undefined) return resolve(io.cwd(), options.migrations);
  const { migrationsDirectory } = await import("../../migrations/packs.ts");
  return migrationsDirectory();
}
