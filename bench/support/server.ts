import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { type GenerateOptions, generateData } from "../../fixtures/generate.ts";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";
import type { Target } from "../../src/db/target.ts";
import { packageRoot } from "../../src/model/package-root.ts";

/** A server that a run of benchmarks measures on. */
export interface BenchServer {
  /** A client of a database; `role` and `max` as said, JIT off, no notices. */
  open(database: string, options?: { readonly max?: number; readonly role?: string }): Sql;
  /** What `ssot migrate` and the other verbs take for a database. */
  target(database: string): Target;
  /** The same for another process, with the password. */
  url(database: string): string;
  /** Empty apart from the base schema and generated data; a database of that name that is there is dropped first. */
  create(database: string, data: GenerateOptions): Promise<void>;
  createEmpty(database: string): Promise<void>;
  /** A copy on disk, with the same statistics and free space; far faster than generating again. */
  clone(database: string, source: string): Promise<void>;
  drop(database: string): Promise<void>;
  has(database: string): Promise<boolean>;
  rename(database: string, name: string): Promise<void>;
  readonly version: string;
  /** The server's first process. */
  readonly postmaster: number;
  stop(): Promise<void>;
}

// Durable as production is, with room enough that no checkpoint falls into one way and not into the other.
const settings = { shared_buffers: "1GB", max_wal_size: "8GB", checkpoint_timeout: "30min", synchronous_commit: "on" };

/**
 * Starts the server. `directory` keeps its databases for the next run; without it they are removed with it. `binaries` is
 * another PostgreSQL than the one from npm.
 */
export async function startBenchServer(options: {
  readonly directory?: string | undefined;
  readonly binaries?: string;
}): Promise<BenchServer> {
  const { directory, ...others } = options;
  const place = directory ?? temporaryServerDirectory("ssot-bench-");
  const server = await startEmbeddedServer({ directory: place, settings, ...others });
  const base = { host: server.host, port: server.port, user: server.user, password: server.password };
  const open: BenchServer["open"] = (database, { max = 1, role } = {}) =>
    postgres({
      ...base,
      database,
      max,
      onnotice: () => {},
      connection: { options: `-c jit=off${role === undefined ? "" : ` -c role=${role}`}` },
    });
  const admin = open("postgres");
  const drop = async (database: string): Promise<void> => {
    await admin`drop database if exists ${admin(database)} with (force)`;
  };
  const createEmpty = async (database: string): Promise<void> => {
    await drop(database);
    await admin`create database ${admin(database)} template template0`;
  };
  const [version] = await admin<{ text: string }[]>`select current_setting('server_version') as text`;
  return {
    open,
    target: (database) => ({ ...base, database, ssl: false, source: "embedded" }),
    url: (database) => `postgres://${base.user}:${base.password}@${base.host}:${base.port}/${database}`,
    createEmpty,
    create: async (database, data) => {
      await createEmpty(database);
      const sql = open(database);
      await sql.file(join(packageRoot(), "fixtures/base-schema.sql"));
      await generateData(sql, data);
      await sql.end();
    },
    clone: async (database, source) => {
      await drop(database);
      await admin`create database ${admin(database)} template ${admin(source)} strategy file_copy`;
      await admin`checkpoint`;
    },
    drop,
    has: async (database) => (await admin`select from pg_catalog.pg_database where datname = ${database}`).length === 1,
    rename: async (database, name) => {
      await admin`alter database ${admin(database)} rename to ${admin(name)}`;
    },
    version: version?.text ?? "",
    postmaster: Number(readFileSync(join(server.dataDirectory, "postmaster.pid"), "utf8").split("\n")[0]),
    stop: async () => {
      await admin.end();
      await server.stop();
      if (directory === undefined) rmSync(place, { recursive: true, force: true });
    },
  };
}
