import { execFileSync } from "node:child_process";
import { chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";

export interface TlsServer {
  /** The URL with this host and these TLS options. */
  url(host: string, options: Readonly<Record<string, string>>): string;
  /** The authority that signed the server's certificate, and one that did not. */
  readonly authority: string;
  readonly stranger: string;
  stop(): Promise<void>;
}

/** A server of its own that speaks TLS and whose certificate is for the name "localhost" alone. */
export async function startTlsServer(): Promise<TlsServer> {
  const folder = mkdtempSync(join(tmpdir(), "ssot-tls-"));
  const file = (name: string): string => join(folder, name);
  makeAuthority(folder, "authority");
  makeAuthority(folder, "stranger");
  openssl([
    "req",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    file("server.key"),
    "-out",
    file("server.csr"),
    "-subj",
    "/CN=db",
  ]);
  writeFileSync(file("names"), "subjectAltName=DNS:localhost\n");
  openssl([
    ...["x509", "-req", "-in", file("server.csr"), "-out", file("server.crt"), "-days", "2", "-extfile", file("names")],
    ...["-CA", file("authority.crt"), "-CAkey", file("authority.key"), "-CAcreateserial"],
  ]);
  const binaries = process.env.SSOT_TEST_PG_BINARIES;
  const server = await startEmbeddedServer({
    directory: temporaryServerDirectory("ssot-test"),
    ephemeral: true,
    ...(binaries === undefined ? {} : { binaries }),
  });
  const { uid, gid } = statSync(server.dataDirectory);
  for (const name of ["server.crt", "server.key"]) {
    const copy = join(server.dataDirectory, name);
    copyFileSync(file(name), copy);
    chownSync(copy, uid, gid);
  }
  execFileSync("chmod", ["600", join(server.dataDirectory, "server.key")]);
  const plain = `postgres://${server.user}:${server.password}@${server.host}:${server.port}/postgres`;
  await switchOn(plain);
  return {
    url: (host, options) => {
      const url = new URL(plain);
      url.hostname = host;
      for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value);
      return url.href;
    },
    authority: file("authority.crt"),
    stranger: file("stranger.crt"),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function switchOn(url: string): Promise<void> {
  const sql = postgres(url, { max: 1 });
  await sql`alter system set ssl = on`;
  await sql`select pg_reload_conf()`;
  for (;;) {
    const [row] = await sql`select current_setting('ssl') as ssl`;
    if (row?.ssl === "on") break;
    await sleep(20);
  }
  await sql.end();
}

function makeAuthority(folder: string, name: string): void {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  openssl([
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    key,
    "-out",
    certificate,
    "-days",
    "2",
    "-subj",
    `/CN=${name}`,
  ]);
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", [...args], { stdio: ["ignore", "ignore", "pipe"] });
}
