// A TCP proxy in a thread of its own that keeps each piece for half a millisecond, in either direction.
import { connect, createServer, type Socket } from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** Gives the proxy's port on the loopback address. */
export async function startDelayProxy(
  host: string,
  port: number,
  delayMs: number,
): Promise<{ readonly port: number; close(): Promise<unknown> }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { host, port, delayMs } });
  const listening = await new Promise<number>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return { port: listening, close: () => worker.terminate() };
}

if (!isMainThread) {
  const { host, port, delayMs }: { host: string; port: number; delayMs: number } = workerData;
  const queue: { readonly due: number; readonly send: () => void }[] = [];
  const still = new Int32Array(new SharedArrayBuffer(4));
  let ticking = false;

  // Node's timers know whole milliseconds only: between two looks at the sockets the thread sleeps a twentieth of one.
  const tick = (): void => {
    let next = queue[0];
    while (next !== undefined && next.due <= performance.now()) {
      queue.shift();
      next.send();
      next = queue[0];
    }
    ticking = next !== undefined;
    if (next === undefined) return;
    Atomics.wait(still, 0, 0, Math.min(0.05, Math.max(0, next.due - performance.now())));
    setImmediate(tick);
  };
  const later = (send: () => void): void => {
    queue.push({ due: performance.now() + delayMs, send });
    if (!ticking) setImmediate(tick);
    ticking = true;
  };
  const pass = (from: Socket, to: Socket): void => {
    from.setNoDelay(true);
    from.on("data", (piece) => later(() => to.write(piece)));
    from.on("close", () => later(() => to.destroy()));
    from.on("error", () => to.destroy());
  };

  const server = createServer((client) => {
    const upstream = connect(port, host);
    pass(client, upstream);
    pass(upstream, client);
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object") parentPort?.postMessage(address?.port);
  });
}
