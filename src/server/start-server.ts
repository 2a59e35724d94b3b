import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { SsotError } from "../model/errors.ts";
import { type AppOptions, createApp, paths } from "./create-app.ts";

/** A server that listens, on the loopback address. */
export interface RunningServer {
  readonly page: string;
  readonly webhook: string;
  /** Of the calls; `?page=1` and more go behind it. */
  readonly api: string;
  /** Answers what has been asked, at most for two seconds, and stops listening. */
  stop(): Promise<void>;
}

const hostname = "127.0.0.1";
const graceMs = 2_000;

/** Serves the application; port 0 is any free one. Throws CONFIGURATION where the port cannot be had. */
export async function startServer(options: AppOptions & { readonly port: number }): Promise<RunningServer> {
  const server = createServer(getRequestListener(createApp(options).fetch, { hostname }));
  const port = await listen(server, options.port);
  const origin = `http://${hostname}:${port}`;
  return {
    page: origin + paths.page,
    webhook: origin + paths.webhook,
    api: origin + paths.calls,
    stop: () => close(server),
  };
}

/** Throws CONFIGURATION where the port cannot be had: early, in front of work that would be in vain. */
export async function checkPort(port: number): Promise<void> {
  const server = createServer();
  await listen(server, port);
  await close(server);
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, hostname);
    await once(server, "listening");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const why = code === "EADDRINUSE" ? "is in use" : `cannot be had (${code})`;
    throw new SsotError("CONFIGURATION", `port ${port} of ${hostname} ${why}`, {
      hint: "Name another port, or 0 for any free one.",
      cause,
    });
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const late = new AbortController();
  const over = sleep(graceMs, undefined, { signal: late.signal }).then(
    () => server.closeAllConnections(),
    () => {},
  );
  await closed;
  late.abort();
  await over;
}
