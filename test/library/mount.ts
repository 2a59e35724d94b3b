import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { packageRoot } from "../../src/model/package-root.ts";

type Headers = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A snippet of the guide that runs in a process of its own. */
export interface Mounted {
  post(headers: Headers, body: string): Promise<Answer>;
  /** Sends a body up to this size, in chunks unless a length is told; says how much was taken until there was an answer. */
  postEndless(headers: Headers, most: number): Promise<{ readonly status: number; readonly sent: number }>;
  /** Where the snippet listens; undefined where it gives a handler. */
  readonly url: string | undefined;
  /** Ends the process; gives all it printed. */
  stop(): Promise<string>;
}

/** Starts a snippet with these variables of the environment. Fails with what it prints. */
export async function mount(folder: string, name: string, environment: Headers): Promise<Mounted> {
  const runner = join(packageRoot(), "test", "library", "run-snippet.mjs");
  const file = join(folder, name.replace(/\.ts$/, ".js"));
  const child = spawn(process.execPath, [runner, file], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, NODE_OPTIONS: "", PORT: "0", SSOT_TEST_SNIPPETS: folder, ...environment },
  });
  const printed = Promise.all([child.stdout, child.stderr].map((stream) => (stream === null ? "" : text(stream))));
  const first: unknown = await Promise.race([
    once(child, "message").then(([message]) => message),
    once(child, "exit").then(async () => {
      throw new Error(`${name} ended:\n${(await printed).join("")}`);
    }),
  ]);
  const port = numberOf(first, "port");
  const stop = async (): Promise<string> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    return (await printed).join("");
  };
  return port === undefined ? { ...handlerOf(child), url: undefined, stop } : { ...serverOf(port), stop };
}

function handlerOf(child: ChildProcess): Pick<Mounted, "post" | "postEndless"> {
  const call = async (request: { headers: Headers; body?: string; endless: number }) => {
    const answered = once(child, "message");
    child.send(request);
    const [answer] = await answered;
    return { status: numberOf(answer, "status") ?? 0, sent: numberOf(answer, "sent") ?? 0, body: String(answer.body) };
  };
  return {
    post: (headers, body) => call({ headers, body, endless: 0 }),
    postEndless: (headers, most) => call({ headers, endless: most }),
  };
}

function serverOf(port: number): Pick<Mounted, "post" | "postEndless" | "url"> {
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    post: async (headers, body) => {
      const answer = await fetch(`${url}/vapi`, { method: "POST", headers, body });
      return { status: answer.status, body: await answer.text() };
    },
    postEndless: async (headers, most) => {
      const socket = connect(port, "127.0.0.1");
      let answer = "";
      let sent = 0;
      socket.setEncoding("utf8").on("data", (piece) => {
        answer += piece;
      });
      // Whoever is not read to the end is cut off, which is an error here, and no failure.
      socket.on("error", () => {});
      const closed = new Promise((resolve) => socket.once("close", resolve));
      const framing = "content-length" in headers ? {} : { "transfer-encoding": "chunked" };
      const lines = Object.entries({ host: "127.0.0.1", ...framing, ...headers });
      socket.write(`POST /vapi HTTP/1.1\r\n${lines.map((line) => `${line.join(": ")}\r\n`).join("")}\r\n`);
      const piece = `10000\r\n${"a".repeat(65_536)}\r\n`;
      while (sent < most && !socket.destroyed && answer === "") {
        sent += 65_536;
        if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
      }
      await closed;
      return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]), sent };
    },
  };
}

function numberOf(message: unknown, key: string): number | undefined {
  const value: unknown =
    typeof message === "object" && message !== null ? Object.getOwnPropertyDescriptor(message, key)?.value : undefined;
  return typeof value === "number" ? value : undefined;
}
