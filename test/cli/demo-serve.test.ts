import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { packageRoot } from "../../src/model/package-root.ts";
import { callSsot } from "./call-ssot.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ssot-serve-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const document = z.object({
  command: z.literal("demo"),
  ok: z.literal(true),
  claims: z.array(z.object({ held: z.literal(true) })).length(3),
  serving: z.object({
    page: z.url(),
    webhook: z.url(),
    webhookSecret: z.string().min(32),
    api: z.url(),
    token: z.string().min(32),
    embedded: z.string().nullable(),
  }),
});

/** Reads the one document of a server that has just begun to listen. */
async function addressesOf(stdout: AsyncIterable<Buffer>): Promise<z.infer<typeof document>> {
  let text = "";
  for await (const chunk of stdout) {
    text += chunk.toString();
    if (text.endsWith("\n}\n")) return document.parse(JSON.parse(text));
  }
  throw new Error("it ended without a document");
}

test("demo --serve answers in another process until it is interrupted, and leaves nothing in the folder", async () => {
  const args = [join(packageRoot(), "bin", "ssot.js"), "demo", "--serve", "0", "--json"];
  const child = spawn(process.execPath, args, { cwd: directory, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  try {
    const { serving } = await addressesOf(child.stdout);
    expect((await fetch(serving.page)).status).toBe(200);
    const authorization = `Bearer ${serving.token}`;
    const listed = await fetch(`${serving.api}?page=1`, { headers: { authorization } });
    expect(await listed.json()).toMatchObject({ total: 14, page: 1 });
    const refused = await fetch(serving.webhook, { method: "POST", body: "{}" });
    expect(refused.status).toBe(401);
    const known = await fetch(serving.webhook, {
      method: "POST",
      headers: { "x-vapi-secret": serving.webhookSecret },
      body: "{}",
    });
    expect(known.status).toBe(400);
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    await expect(fetch(serving.page)).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
  } finally {
    child.kill("SIGKILL");
  }
});

test("a kept database that is served passes ssot verify, which asks the live dashboard, too", async () => {
  const stops: (() => void)[] = [];
  let serving: ((text: string) => void) | undefined;
  const listens = new Promise<string>((resolve) => {
    serving = resolve;
  });
  const running = callSsot(["demo", "--serve", "0", "--keep", "--json"], {
    directory,
    onStart: (interrupt) => stops.push(() => interrupt("SIGINT")),
    onStdout: (text) => serving?.(text),
  });
  const failed = running.then(({ stderr }) => Promise.reject(new Error(stderr)));
  const { api, token, embedded } = document.parse(JSON.parse(await Promise.race([listens, failed]))).serving;
  expect(embedded).toBe(".ssot/embedded");
  const live = ["verify", "dashboard", "--embedded", "--dashboard-url", api, "--token", token, "--json"];
  const verified = await callSsot(live, { directory });
  for (const stop of stops) stop();
  failed.catch(() => {});
  expect(await running).toMatchObject({ exitCode: 0, ended: undefined });
  expect(verified.exitCode).toBe(0);
  const { suites } = z
    .object({ suites: z.array(z.object({ checks: z.array(z.object({ id: z.string(), status: z.string() })) })) })
    .parse(JSON.parse(verified.stdout));
  expect(suites.flatMap(({ checks }) => checks)).toContainEqual(
    expect.objectContaining({ id: "live", status: "pass" }),
  );
  expect(existsSync(join(directory, ".ssot", "embedded"))).toBe(true);
});

test("a port in use is refused before anything is started, and so is one that there is not", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const taken = await callSsot(["demo", "--serve", String(port), "--keep"], { directory });
  other.close();
  expect(taken).toMatchObject({ exitCode: 2, stdout: "" });
  expect(taken.stderr).toContain(`error CONFIGURATION: port ${port} of 127.0.0.1 is in use`);
  expect(taken.stderr).toContain("Name another port, or 0 for any free one.");
  expect(existsSync(join(directory, ".ssot"))).toBe(false);
  for (const word of ["65536", "http", "-1"]) {
    expect(await callSsot(["demo", `--serve=${word}`], { directory })).toMatchObject({ exitCode: 2, stdout: "" });
  }
});
