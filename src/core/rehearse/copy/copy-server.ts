import { randomBytes } from "node:crypto";
import { connect } from "../../../db/connection.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../../../db/embedded/embedded-server.ts";
import { makeDatabase } from "../../../db/queries/copying/make-database.ts";
import {
  makeLoader,
  makeRoles,
  makeSetting,
  makeSuperuser,
  renameRole,
} from "../../../db/queries/copying/make-roles.ts";
import type { Target } from "../../../db/target.ts";
import type { Original } from "./read-original.ts";

/** A server with an empty database of the original's name, its roles and its settings. */
export interface CopyServer {
  readonly version: number;
  /** May do anything. */
  readonly maker: Target;
  /** May write rows, and little else. */
  readonly loader: Target;
  /** Named as whoever asks on the original, with the same rights. */
  readonly user: Target;
  /** What is not as there, a sentence each. */
  readonly problems: readonly string[];
  stop(): Promise<void>;
}

/** As a server with its data has them: what is measured on the copy is to be worth something. No row is to stand in the log. */
const settings = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  log_min_messages: "fatal",
  log_min_error_statement: "panic",
};

export async function startCopyServer(directory: string, binaries: string | undefined): Promise<EmbeddedServer> {
  return startEmbeddedServer({
    directory,
    ephemeral: true,
    settings,
    ...(binaries === undefined ? {} : { binaries }),
  });
}

/** Makes everything that is no part of a dump of one database. */
export async function prepareCopyServer(server: EmbeddedServer, original: Original): Promise<CopyServer> {
  const { database, roles } = original;
  const suffix = randomBytes(6).toString("hex");
  const login = (user: string, name: string, password = secret()): Target & { readonly password: string } => ({
    ...{ host: server.host, port: server.port, database: name, user, password, ssl: false, source: "embedded" },
  });
  // Whoever is `postgres` there is to be it here as well, and need be no superuser.
  const [born, maker] = [login(server.user, "template1", server.password), login(`ssot_maker_${suffix}`, "template1")];
  await withSql(born, (sql) => makeSuperuser(sql, maker.user, maker.password));
  const loader = login(`ssot_loader_${suffix}`, database.name);
  const user = login(database.user, database.name);
  const problems = await withSql(maker, async (sql) => {
    await renameRole(sql, server.user, `ssot_born_${suffix}`);
    await makeRoles(sql, roles, user);
    const { sameLocale } = await makeDatabase(sql, database);
    const like = roles.filter(({ superuser, predefined }) => !superuser && !predefined).map(({ name }) => name);
    await makeLoader(sql, loader.user, loader.password, { like, database: database.name });
    const told: string[] = sameLocale
      ? []
      : [`text is sorted by C on the copy, not by ${database.locale ?? database.collate}`];
    for (const setting of original.settings) {
      if (await makeSetting(sql, database.name, setting)) continue;
      const whose = setting.role === null ? "the database" : `role ${setting.role}`;
      told.push(`setting ${setting.name} of ${whose} is not carried over to the copy`);
    }
    return told;
  });
  return {
    version: Number.parseInt(server.version, 10),
    maker: { ...maker, database: database.name },
    loader,
    user,
    problems,
    stop: () => server.stop(),
  };
}

const secret = (): string => randomBytes(24).toString("base64url");

async function withSql<T>(
  target: Target,
  work: (sql: Awaited<ReturnType<typeof connect>>["sql"]) => Promise<T>,
): Promise<T> {
  const connection = await connect(target);
  try {
    return await work(connection.sql);
  } finally {
    await connection.close();
  }
}
