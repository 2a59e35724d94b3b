import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { PreparedReport } from "../core/demo/prepare-demo.ts";
import type { Target } from "../db/target.ts";
import { visible } from "../model/visible.ts";
import { embeddedDirectory } from "./global-options.ts";
import type { Invocation } from "./invocation.ts";
import { loadServer } from "./load-server.ts";
import { printReport } from "./print-report.ts";

export interface ServeDemoOptions {
  readonly target: Target;
  readonly prepared: PreparedReport;
  /** 0: any free one. */
  readonly port: number;
  /** The database will stay, so that other commands may be told how to reach it. */
  readonly kept: boolean;
}

/** Serves the demo's database until an interrupt, and says where. Throws CONFIGURATION where the port cannot be had. */
export async function serveDemo(invocation: Invocation, options: ServeDemoOptions): Promise<void> {
  const { io, signal } = invocation;
  const { target, prepared, port, kept } = options;
  const [{ openPool }, { startServer }, { renderServing }] = await Promise.all([
    import("../db/pool.ts"),
    loadServer(),
    import("../report/render-serving.ts"),
  ]);
  const secret = (): string => randomBytes(16).toString("hex");
  const [token, webhookSecret] = [secret(), secret()];
  const { orgId, before } = prepared;
  const sql = openPool(target, { name: "ssot demo", most: 8 });
  try {
    const server = await startServer({
      sql,
      port,
      tokens: new Map([[token, orgId]]),
      pageOrgId: orgId,
      before: { calls: before.inbound, unknown: before.unknown },
      webhookSecret,
      logger: linesTo(io.stderr),
    });
    try {
      const { page, webhook, api } = server;
      const embedded = kept ? embeddedDirectory : null;
      await printReport(
        invocation,
        { ...prepared, serving: { page, webhook, webhookSecret, api, token, embedded } },
        renderServing,
      );
      if (!signal.aborted) await once(signal, "abort");
    } finally {
      await server.stop();
    }
  } finally {
    await sql.end({ timeout: 2 });
  }
}

type Fields = Readonly<Record<string, unknown>>;

// What the server does is no report: it goes where progress goes.
function linesTo(
  output: Invocation["io"]["stderr"],
): Record<"info" | "warn" | "error", (m: string, f: Fields) => void> {
  const write = (message: string, fields: Fields): void => {
    const told = [message, ...Object.entries(fields).map(([name, value]) => `${name} ${value}`)].join("  ");
    output.write(`  ${visible(told)}\n`);
  };
  return { info: write, warn: write, error: write };
}
