import postgres from "postgres";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";

/** A server for this run of the tests, and what ends it. */
export interface TestServer {
  /** Where it comes from, for the reader of the run. */
  readonly kind: "url" | "container" | "embedded";
  /** A superuser's connection to the maintenance database, password included. */
  readonly url: string;
  stop(): Promise<void>;
}

const settings = { fsync: "off", max_connections: "200" };

/**
 * The server of the run: SSOT_TEST_DATABASE_URL, else a container where an engine answers, else the embedded one.
 * SSOT_TEST_SERVER=url|container|embedded takes that one and fails when it is not to be had; so does a folder of
 * PostgreSQL programs in SSOT_TEST_PG_BINARIES for the embedded one.
 */
export async function startTestServer(say: (line: string) => void): Promise<TestServer> {
  const { SSOT_TEST_SERVER: forced, SSOT_TEST_DATABASE_URL: url, SSOT_TEST_PG_BINARIES: binaries } = process.env;
  switch (forced ?? (url !== undefined ? "url" : binaries !== undefined ? "embedded" : "any")) {
    case "url":
      if (url === undefined) throw new Error("SSOT_TEST_SERVER=url needs SSOT_TEST_DATABASE_URL");
      return { kind: "url", url, stop: async () => {} };
    case "container":
      return await startContainer();
    case "embedded":
      return await startEmbedded(binaries);
    case "any":
      return (await tryContainer(say)) ?? (await startEmbedded(binaries));
    default:
      throw new Error(`SSOT_TEST_SERVER is url, container or embedded, not ${forced}`);
  }
}

async function startEmbedded(binaries: string | undefined): Promise<TestServer> {
  const server = await startEmbeddedServer({
    directory: temporaryServerDirectory("ssot-test"),
    ephemeral: true,
    settings,
    ...(binaries === undefined ? {} : { binaries }),
  });
  const { host, port, user, password } = server;
  return { kind: "embedded", url: `postgres://${user}:${password}@${host}:${port}/postgres`, stop: server.stop };
}

async function startContainer(): Promise<TestServer> {
  const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
  const image = process.env.SSOT_TEST_IMAGE ?? "postgres:17-alpine";
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const container = await new PostgreSqlContainer(image)
    .withDatabase("postgres")
    .withCommand(["postgres", ...args])
    .start();
  return {
    kind: "container",
    url: container.getConnectionUri(),
    stop: async () => {
      await container.stop();
    },
  };
}

/** Undefined when no engine answers; that and a failed start are said, and the run goes on with the embedded server. */
async function tryContainer(say: (line: string) => void): Promise<TestServer | undefined> {
  try {
    return await startContainer();
  } catch (error) {
    say(`no container: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** A client for administration: one connection, no notices. */
export function openAdmin(url: string): postgres.Sql {
  return postgres(url, { max: 1, onnotice: () => {} });
}
