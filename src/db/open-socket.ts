import { once } from "node:events";
import { connect as connectNet, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { closedEarly, noPostgres, ServerConduct } from "./login-watch.ts";
import type { Target } from "./target.ts";

/** The question whether the server speaks TLS: length and number of PostgreSQL's SSLRequest. */
const tlsQuestion = Buffer.from("0000000804d2162f", "hex");

export const connectSeconds = 10;

/**
 * A connection to the target's server, encrypted where the target says so, on which nothing was said yet. Throws
 * ServerConduct, or what the system says. Where TLS was asked for, nothing is sent in plain text but the question for it.
 */
export async function openSocket(target: Target): Promise<Socket> {
  const { host, port } = target;
  const socket = connectNet(host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  const timer = setTimeout(() => {
    const late = new Error(`no answer within ${connectSeconds} seconds`);
    socket.destroy(Object.assign(late, { code: "CONNECT_TIMEOUT" }));
  }, connectSeconds * 1000);
  try {
    await once(socket, "connect");
    return await secure(socket, target);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function secure(socket: Socket, { host, ssl = false }: Target): Promise<Socket> {
  // As with libpq: what stays on the machine is not encrypted.
  if (ssl === false || host.startsWith("/")) return socket;
  const answer = await ask(socket);
  if (answer === "N" || answer === "E") {
    if (ssl === "prefer" && answer === "N") return socket;
    throw new ServerConduct(
      "the server does not speak TLS, and sslmode asks for it",
      "Switch it on there (ssl = on), or say sslmode=disable where plain text may go.",
    );
  }
  if (answer !== "S") throw noPostgres();
  const encrypted = connectTls({
    socket,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ssl === "require" || ssl === "allow" || ssl === "prefer" ? { rejectUnauthorized: false } : {}),
    ...(typeof ssl === "object" ? ssl : {}),
  });
  await Promise.race([once(encrypted, "secureConnect"), failure(encrypted)]);
  return encrypted;
}

/** The server's one letter. More in the same breath would be somebody else's words, taken for the server's later. */
async function ask(socket: Socket): Promise<string> {
  const answer = once(socket, "data");
  socket.write(tlsQuestion);
  const [bytes] = await Promise.race([answer, failure(socket)]);
  if (!Buffer.isBuffer(bytes)) throw noPostgres();
  const text = bytes.toString("latin1");
  return text.startsWith("E") ? "E" : text;
}

/** Rejects when the connection ends. One that does not is nobody's failure. */
function failure(socket: Socket): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(closedEarly()));
  });
  failed.catch(() => {});
  return failed;
}
