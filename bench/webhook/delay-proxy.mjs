// A TCP proxy in a thread of its own that keeps each piece for half a millisecond, in either direction.
import { connect, createServer } from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** Gives the proxy's port on the loopback address. */
export async function startDelayProxy(host, port, delayMs) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { host, port, delayMs } });
  const listening = await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return { port: listening, close: () => worker.terminate() };
}

if (!isMainThread) {
  const { host, port, delayMs } = workerData;
  const queue = [];
  const still = new Int32Array(new SharedArrayBuffer(4));
  let ticking = false;

  // Node's timers know whole milliseconds only: between two looks at the sockets the thread sleeps a twentieth of one.
  const tick = () => {
    while (queue.length > 0 && queue[0].due <= performance.now()) queue.shift().send();
    ticking = queue.length > 0;
    if (!ticking) return;
    Atomics.wait(still, 0, 0, Math.min(0.05, Math.max(0, queue[0].due - performance.now())));
    setImmediate(tick);
  };
  const later = (send) => {
    queue.push({ due: performance.now() + delayMs, send });
    if (!ticking) setImmediate(tick);
    ticking = true;
  };
  const pass = (from, to) => {
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
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
}
