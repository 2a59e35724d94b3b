import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Pooler {
  /** The same database, through the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts PgBouncer before one database, on a free port of the loopback address. Fails where the program is missing. */
export async function startPooler(databaseUrl: string, mode: "transaction" | "session", size: number): Promise<Pooler> {
  const server = new URL(databaseUrl);
  const port = await findFreePort();
  const folder = mkdtempSync(join(tmpdir(), "ssot-pooler-"));
  writeFileSync(join(folder, "users.txt"), `"${server.username}" "${decodeURIComponent(server.password)}"\n`);
  writeFileSync(
    join(folder, "pgbouncer.ini"),
    [
      "[databases]",
      `* = host=${server.hostname} port=${server.port}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = trust",
      `auth_file = ${join(folder, "users.txt")}`,
      `pool_mode = ${mode}`,
      `default_pool_size = ${size}`,
      "server_check_delay = 0",
    ].join("\n"),
  );
  // PgBouncer refuses to run as root, and has to read its files as whoever it becomes.
  chmodSync(folder, 0o755);
  const asRoot = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn("pgbouncer", ["-q", ...asRoot, join(folder, "pgbouncer.ini")], {
    stdio: "ignore",
    env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin` },
  });
  await once(child, "spawn");
  await waitForPort(port, child);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    stop: async () => {
      if (child.exitCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return address.port;
}

async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    const socket = createConnection({ port, host: "127.0.0.1" });
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await sleep(50);
  }
}
