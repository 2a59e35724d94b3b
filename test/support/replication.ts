import {
  appendFileSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import {
  type EmbeddedServer,
  startEmbeddedServer,
  temporaryServerDirectory,
} from "../../src/db/embedded/embedded-server.ts";
import { layoutOf } from "../../src/db/embedded/layout.ts";
import { packageRoot } from "../../src/model/package-root.ts";

/** A primary with the seed's case, not migrated, and a hot standby that streams from it: what is done here arrives there. */
export interface Replication {
  readonly primary: string;
  readonly standby: string;
  /** Whether the standby has replayed all that the primary has written by now. */
  isCaughtUp(): Promise<boolean>;
  waitUntilCaughtUp(): Promise<void>;
  stop(): Promise<void>;
}

const { SSOT_TEST_PG_BINARIES: folder } = process.env;
const binaries = folder === undefined ? {} : { binaries: folder };

/** Starts both servers; `settings` are the standby's. The caller stops them. */
export async function startReplication(settings: Readonly<Record<string, string>> = {}): Promise<Replication> {
  const directories = [
    temporaryServerDirectory("ssot-test-primary"),
    temporaryServerDirectory("ssot-test-standby"),
  ] as const;
  const start = (directory: string, more: Readonly<Record<string, string>>) =>
    startEmbeddedServer({ directory, settings: { fsync: "off", ...more }, ...binaries });
  const primary = await start(directories[0], {});
  const sql = postgres(urlOf(primary), { max: 1, onnotice: () => {} });
  await sql.file(join(packageRoot(), "fixtures", "base-schema.sql"));
  await loadSeedCase(sql);
  await copyRunning(primary, directories);
  const standby = await start(directories[1], settings);
  const replica = postgres(urlOf(standby), { max: 1, onnotice: () => {} });
  const isCaughtUp = async (): Promise<boolean> => {
    const [end] = await sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
    const [row] = await replica<
      { there: boolean }[]
    >`select pg_last_wal_replay_lsn() >= ${end?.lsn ?? ""}::pg_lsn as there`;
    return row?.there ?? false;
  };
  return {
    primary: urlOf(primary),
    standby: urlOf(standby),
    isCaughtUp,
    waitUntilCaughtUp: async () => {
      for (let look = 0; !(await isCaughtUp()); look += 1) {
        if (look === 400) throw new Error("the standby does not follow");
        await sleep(50);
      }
    },
    stop: async () => {
      await Promise.all([sql.end(), replica.end()]);
      await standby.stop();
      await primary.stop();
      for (const directory of directories) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function urlOf({ user, password, host, port }: EmbeddedServer): string {
  return `postgres://${user}:${password}@${host}:${port}/postgres`;
}

/** Copies a running server's data by the backup functions, so that a server started on the copy follows it. */
async function copyRunning(
  primary: EmbeddedServer,
  [primaryDirectory, standbyDirectory]: readonly [string, string],
): Promise<void> {
  const from = layoutOf(primaryDirectory);
  mkdirSync(standbyDirectory, { recursive: true });
  chownLike(primaryDirectory, standbyDirectory);
  const to = layoutOf(standbyDirectory);
  const session = postgres(urlOf(primary), { max: 1, onnotice: () => {} });
  await session`select pg_backup_start('standby', true)`;
  cpSync(primary.dataDirectory, to.data, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !/\/postmaster\.(pid|opts)$/.test(path),
  });
  const [stop] = await session<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`;
  await session.end();
  writeFileSync(join(to.data, "backup_label"), stop?.labelfile ?? "");
  writeFileSync(join(to.data, "standby.signal"), "");
  const { host, port, user, password } = primary;
  appendFileSync(
    join(to.data, "postgresql.auto.conf"),
    `primary_conninfo = 'host=${host} port=${port} user=${user} password=${password}'\n`,
  );
  copyFileSync(from.password, to.password);
  chownTree(primary.dataDirectory, to.data);
}

function chownLike(model: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(model);
  chownSync(path, uid, gid);
}

function chownTree(model: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(model);
  chownEach(path, uid, gid);
}

function chownEach(path: string, uid: number, gid: number): void {
  chownSync(path, uid, gid);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) chownEach(join(path, name), uid, gid);
}
