import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { SsotError } from "../../model/errors.ts";
import { embeddedDirectory } from "../global-options.ts";
import { helpText } from "../help.ts";
import type { Invocation, Register } from "../invocation.ts";
import { wantsColor, widthOf } from "../io.ts";
import { printReport } from "../print-report.ts";
import { migrationsOf } from "../with-target.ts";

interface DemoFlags {
  readonly keep?: true;
}

/** `ssot demo`: the whole story on an embedded PostgreSQL of its own. */
export function defineDemo(program: Command, register: Register): void {
  const command = program
    .command("demo")
    .summary("tell the whole story on a database of its own")
    .description("Tells the whole story on an embedded PostgreSQL: before, migrate, a new caller, the drop, rollback.")
    .option("--keep", `leave the database in ${embeddedDirectory}, for --embedded`)
    .addHelpText("after", helpText(["ssot demo", "ssot demo --keep && ssot status --embedded"], [0, 1, 2, 3, 130]));
  register<DemoFlags>(command, handleDemo);
}

async function handleDemo(invocation: Invocation, { keep }: DemoFlags): Promise<number> {
  const { io, options, signal } = invocation;
  if (options.databaseUrl !== undefined || options.embedded !== undefined) {
    throw new SsotError("USAGE", "the demo brings its own database: --database-url and --embedded do not go with it");
  }
  const kept = resolve(io.cwd(), embeddedDirectory);
  if (keep && existsSync(kept)) {
    throw new SsotError("USAGE", `there is a database in ${embeddedDirectory} already`, {
      hint: `Remove that folder, or run the demo without --keep.`,
    });
  }
  const [{ runDemo }, { renderClaim, renderDemo }, { createStyle }, embedded, directory] = await Promise.all([
    import("../../core/demo/run-demo.ts"),
    import("../../report/render-demo.ts"),
    import("../../report/style.ts"),
    import("../../db/embedded/embedded-server.ts"),
    migrationsOf(invocation),
  ]);
  const home = keep ? kept : embedded.temporaryServerDirectory("ssot-demo-");
  const style = createStyle({ color: wantsColor(io.stdout, io.env, options.color), width: widthOf(io.stdout) });
  const server = await embedded.startEmbeddedServer({ directory: home, ephemeral: !keep });
  try {
    const { host, port, user, password } = server;
    const report = await runDemo({
      target: { host, port, database: "postgres", user, password, ssl: false, source: "embedded" },
      directory,
      signal,
      onClaim: (claim) => {
        if (!options.json) io.stdout.write(`${renderClaim(claim, style)}\n`);
      },
    });
    await printReport(invocation, report, renderDemo);
    return report.ok ? 0 : 1;
  } finally {
    await server.stop();
    if (!keep) rmSync(home, { recursive: true, force: true });
  }
}
