// Runs a module of the guide, as its reader would, in a process of its own. A server that listens tells the parent its
// port; a handler (an exported POST, or the one that a stand-in for Deno.serve is given) is called with what the parent sends.
import { register } from "node:module";
import { Server } from "node:net";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

const file = process.argv[2];
const folder = pathToFileURL(`${process.env.SSOT_TEST_SNIPPETS}/`);

// Hooks run on a thread of their own, in this same file: what Deno and Next.js make of a name.
export async function resolve(name, context, nextResolve) {
  if (name.startsWith("@/")) return nextResolve(new URL(`${name.slice(2)}.js`, folder).href, context);
  return nextResolve(name.replace(/^npm:([^@]+)@[^/]+/, "$1"), context);
}

if (isMainThread) {
  register(import.meta.url);
  let handler;
  globalThis.Deno = {
    env: { get: (name) => process.env[name] },
    serve: (given) => {
      handler = given;
    },
  };
  // Work goes on here anyway: that it is handed over is printed.
  globalThis.EdgeRuntime = {
    waitUntil: (work) => process.stdout.write(`handed over: ${work instanceof Promise}\n`),
  };
  const { listen } = Server.prototype;
  Server.prototype.listen = function (...parameters) {
    this.once("listening", () => process.send({ port: this.address().port }));
    return listen.apply(this, parameters);
  };
  const snippet = await import(pathToFileURL(file).href);
  handler ??= snippet.POST;
  if (handler !== undefined) {
    process.on("message", async ({ headers, body, endless }) => {
      let sent = 0;
      const piece = new Uint8Array(65_536).fill(97);
      const stream = new ReadableStream({
        pull: (controller) => {
          sent += piece.byteLength;
          if (sent > endless) controller.close();
          else controller.enqueue(piece);
        },
      });
      const init = { method: "POST", headers, body: endless === 0 ? body : stream, duplex: "half" };
      const answer = await handler(new Request("https://host.example/vapi", init));
      process.send({ status: answer.status, body: await answer.text(), sent });
    });
    process.send({ handler: true });
  }
}
