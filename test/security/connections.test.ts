import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { connect } from "../../src/db/connection.ts";
import { openPool } from "../../src/db/pool.ts";
import { type CallResult, callSsot } from "../cli/call-ssot.ts";
import { countAttacks } from "../support/attacks.ts";
import { createTestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";
import {
  answersPassword,
  ask,
  authentication,
  type Conduct,
  type HostileServer,
  message,
  startHostileServer,
  welcome,
} from "./hostile-server.ts";

countAttacks("hostile server");

const servers: HostileServer[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) await server.stop();
});

async function hostile(conduct: Conduct): Promise<HostileServer> {
  const server = await startHostileServer(conduct);
  servers.push(server);
  return server;
}

function urlOf({ port }: HostileServer, query = ""): string {
  return `postgres://ann:s3cr3t@127.0.0.1:${port}/app${query}`;
}

/** What `ssot status` says of a server that is no good: always exit 3 after one try, and no word of the password. */
async function statusOf(server: HostileServer, query = ""): Promise<string> {
  return refused(server, await callSsot(["status", "--json", "--database-url", urlOf(server, query)]));
}

function refused(server: HostileServer, { exitCode, stdout, stderr }: CallResult): string {
  expect(stdout + stderr).not.toContain("s3cr3t");
  const { error } = JSON.parse(stdout);
  expect({ exitCode, code: error.code, connects: server.connects }).toEqual({
    exitCode: 3,
    code: "UNREACHABLE",
    connects: 1,
  });
  return error.message;
}

test.each<[string, Conduct]>([
  ["at once", { onConnect: (socket) => socket.end() }],
  ["by a reset", { onConnect: (socket) => socket.resetAndDestroy() }],
  ["after the greeting", { onPiece: (socket) => socket.end() }],
  ["after asking for a password", { onPiece: (socket) => socket.end(ask.password) }],
  ["in the middle of a message", { onPiece: (socket) => socket.end(ask.scram.subarray(0, 7)) }],
])("a server that accepts and closes %s is asked once", async (_, conduct) => {
  const server = await hostile(conduct);
  const said = await statusOf(server);
  expect(said).toContain(`app on 127.0.0.1:${server.port} as ann`);
});

test("a server that lets everybody in and closes at the first question is asked once", async () => {
  const server = await hostile({ onPiece: (socket, _, nth) => (nth === 0 ? socket.write(welcome) : socket.end()) });
  await statusOf(server);
});

test("a pool asks a server that accepts and closes once for each query", async () => {
  const server = await hostile({ onConnect: (socket) => socket.end() });
  const sql = openPool(targetOf(urlOf(server)), { name: "ssot demo", most: 8 });
  await expect(sql`select 1`).rejects.toThrow("closed the connection");
  expect(server.connects).toBe(1);
  await sql.end();
});

const nonce = "r=theirs";
const salt = "s=c2FsdHNhbHQ=";

test.each([
  ["a count that takes the process minutes", `${nonce},${salt},i=2000000`, "2000000 rounds"],
  ["a second count behind a small one", `${nonce},${salt},i=4096,i=2000000`, "no PostgreSQL server"],
  ["no count", `${nonce},${salt}`, "no PostgreSQL server"],
  ["a count that is none", `${nonce},${salt},i=many`, "no PostgreSQL server"],
  ["a count of nothing", `${nonce},${salt},i=0`, "0 rounds"],
  ["a negative count", `${nonce},${salt},i=-1`, "no PostgreSQL server"],
  ["no salt", `${nonce},i=4096`, "no PostgreSQL server"],
])("a challenge with %s is refused before anything is computed", async (_, challenge, why) => {
  const server = await hostile({
    onPiece: (socket, _piece, nth) => {
      if (nth === 0) socket.write(ask.scram);
      else if (nth === 1) socket.write(authentication(11, challenge));
      else socket.end();
    },
  });
  expect(await statusOf(server)).toContain(why);
  // The method that the client chose, and no answer to the challenge.
  expect(server.received.filter(answersPassword)).toHaveLength(1);
});

test("a challenge is answered once", async () => {
  const challenge = authentication(11, `${nonce},${salt},i=4096`);
  const server = await hostile({
    onPiece: (socket, _, nth) => void socket.write(nth === 0 ? ask.scram : Buffer.concat([challenge, challenge])),
  });
  expect(await statusOf(server)).toContain("no PostgreSQL server");
});

test("a server that asks for a password by challenge and lets in without having shown that it knows it is refused", async () => {
  const challenge = authentication(11, `${nonce},${salt},i=4096`);
  const server = await hostile({
    onPiece: (socket, _, nth) => void socket.write([ask.scram, challenge, welcome][nth] ?? ""),
  });
  expect(await statusOf(server)).toContain("without having shown that it knows the password");
});

test("a way to log in that ssot does not know is said", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const server = await hostile({ onPiece: (socket) => void socket.write(authentication(7)) });
  expect(await statusOf(server)).toContain("a way to log in that ssot does not know");
});

test.each([
  ["an HTTP server", "HTTP/1.1 400 Bad Request\r\n\r\n"],
  ["a message that never ends", message("R", "").fill(0x7f, 1)],
])("%s is no PostgreSQL server, and is not listened to", async (_, answer) => {
  const server = await hostile({ onPiece: (socket) => void socket.write(answer) });
  expect(await statusOf(server)).toContain("no PostgreSQL server");
});

test.each(["require", "verify-ca", "verify-full"])("sslmode=%s says nothing in plain text", async (mode) => {
  const server = await hostile({ onPiece: (socket) => void socket.write("N") });
  expect(await statusOf(server, `?sslmode=${mode}`)).toContain("the server does not speak TLS");
  expect(server.received.map((piece) => piece.toString("hex"))).toEqual(["0000000804d2162f"]);
});

test("what stands in plain text behind the word for TLS is not taken for what was said under it", async () => {
  const server = await hostile({ onPiece: (socket) => void socket.write(Buffer.concat([Buffer.from("S"), welcome])) });
  expect(await statusOf(server, "?sslmode=require")).toContain("no PostgreSQL server");
});

test("a password that nobody gave to this target is not taken from the process", async () => {
  vi.stubEnv("PGPASSWORD", "s3cr3t");
  const server = await hostile({
    onPiece: (socket, _, nth) => (nth === 0 ? socket.write(ask.password) : socket.end()),
  });
  const url = `postgres://ann@127.0.0.1:${server.port}/app`;
  refused(server, await callSsot(["status", "--json", "--database-url", url]));
  expect(Buffer.concat([...server.received]).toString("latin1")).not.toContain("s3cr3t");
});

test("a real server may ask for more rounds than is usual", async () => {
  const database = await createTestDatabase({ template: "empty" });
  const role = `${database.name}_rounds`;
  try {
    await database.sql.unsafe(`create role ${role} login password '${scramSecret("s3cr3t", 100_000)}'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = "s3cr3t";
    const connection = await connect(targetOf(url.href));
    expect(await connection.execute("select current_user")).toEqual([{ current_user: role }]);
    await connection.close();
  } finally {
    await database.sql.unsafe(`drop role if exists ${role}`);
    await database.drop();
  }
});

/** What PostgreSQL keeps of a password, made here so that the rounds can be chosen on servers without a setting for them. */
function scramSecret(password: string, rounds: number): string {
  const bytes = randomBytes(16);
  const salted = pbkdf2Sync(password, bytes, rounds, 32, "sha256");
  const key = (name: string): Buffer => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${rounds}:${bytes.toString("base64")}$${stored}:${key("Server Key").toString("base64")}`;
}
