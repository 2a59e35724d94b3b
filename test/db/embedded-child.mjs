// A process of its own that uses the embedded server: options as JSON in its argument, one line of JSON out, then waits
// for "stop" (and ends), "exit" (ends without stopping) or the end of its input.
import { createInterface } from "node:readline";

const { module, temporaryPrefix, ...options } = JSON.parse(process.argv[2]);
const { startEmbeddedServer, temporaryServerDirectory } = await import(module);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

try {
  const directory = options.directory ?? temporaryServerDirectory(temporaryPrefix);
  const server = await startEmbeddedServer({ ...options, directory });
  say({ ...server, directory });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "exit") process.exit(0);
    await server.stop();
    process.exit(0);
  }
} catch (error) {
  say({ error: { code: error.code, message: error.message, hint: error.hint } });
}
