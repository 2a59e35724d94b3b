import { tmpdir } from "node:os";
import { type Connection, connect } from "../../../db/connection.ts";
import { sqlStateOf } from "../../../db/connection-error.ts";
import { childEnvironment } from "../../../db/copying/child-environment.ts";
import { findClientPrograms } from "../../../db/copying/client-programs.ts";
import { lockedTarget } from "../../../db/copying/copy-section.ts";
import { temporaryServerDirectory } from "../../../db/embedded/embedded-server.ts";
import { analyzeDatabase } from "../../../db/queries/copying/make-database.ts";
import { dropLoader } from "../../../db/queries/copying/make-roles.ts";
import { dropUserMappings } from "../../../db/queries/copying/user-mappings.ts";
import { listSchemaFacts } from "../../../db/queries/schema-facts/list-schema-facts.ts";
import { listDeprecated } from "../../../migrations/deprecations.ts";
import { loadMigrations } from "../../../migrations/load-migrations.ts";
import { listLines, SsotError } from "../../../model/errors.ts";
import type { Migration } from "../../../model/migration.ts";
import { type Generated, generateRows } from "../generate/generate-rows.ts";
import { prepareCopyServer, startCopyServer } from "./copy-server.ts";
import { compareCounts, copyRows, copySchema, type Filling } from "./fill-copy.ts";
import { type CopyJudgement, type CopyLook, judgeCopy } from "./judge-copy.ts";
import type { EmbeddedCopy, EmbeddedCopyOptions } from "./options.ts";
import { type Original, readOriginal } from "./read-original.ts";
import { refuseNoRoom } from "./room.ts";
import { expectedBytes, tellGenerated } from "./tell-generated.ts";

/**
 * Makes a copy of the target on a server of its own, works on it, and removes both, whichever way that ends; a process that is killed leaves
 * them to the next one. The target is only read. Throws PREFLIGHT where the copy cannot be made or lacks something that migrations work
 * on, LOCK_TIMEOUT, EMBEDDED, INTERRUPTED, and what a connection throws.
 */
export async function withEmbeddedCopy<T>(
  options: EmbeddedCopyOptions,
  work: (copy: EmbeddedCopy) => Promise<T>,
): Promise<T> {
  const { target, schemaOnly, signal, onStage, onWarning } = options;
  const migrations = await loadMigrations(options.directory);
  const source = await connect(target);
  let stop = async (): Promise<void> => {};
  try {
    onStage?.("reading what is to be copied");
    const original = await readOriginal(source, target, { migrations, schemaOnly }).catch(refuseLocked);
    refuseNoRoom(tmpdir(), schemaOnly ? expectedBytes(original.generated) : original.database.bytes);
    const directory = temporaryServerDirectory("ssot-rehearsal", { onDisk: true });
    onStage?.("starting a server for the copy");
    const embedded = await startCopyServer(directory, options.binaries);
    stop = () => embedded.stop();
    if (signal?.aborted) throw interrupted();
    refuseNewer(original.major, Number.parseInt(embedded.version, 10));
    const { major: programs } = findClientPrograms(childEnvironment(target, { major: 0 }, options.environment), {
      serverMajor: original.major,
    });
    const server = await prepareCopyServer(embedded, original);
    if (!schemaOnly)
      onWarning?.(`the rows of the target are copied to this machine, to ${directory}, until the rehearsal ends`);
    const { missing, problems } = await fill({ options, original, server, programs }, source, migrations).catch(
      refuseLocked,
    );
    await source.close();
    refuseIncomplete(missing, original);
    return await work({ target: server.user, problems: [...tellOriginal(original), ...server.problems, ...problems] });
  } finally {
    await source.close();
    await stop();
  }
}

async function fill(filling: Filling, source: Connection, migrations: readonly Migration[]): Promise<CopyJudgement> {
  const { original, server, options } = filling;
  const { onStage } = options;
  onStage?.("copying the schema");
  await copySchema(filling, "pre-data");
  // Before any trigger, default or CHECK of the target's is there to use them with rows.
  const closed = await closeForeignServers(server);
  onStage?.(options.schemaOnly ? "generating rows" : "copying the rows");
  const counts = options.schemaOnly ? [] : await copyRows(filling, source);
  const generated = options.schemaOnly ? await fillTables(filling, migrations) : [];
  onStage?.("copying keys, indexes and triggers");
  await copySchema(filling, "post-data");
  onStage?.("looking at the copy");
  const maker = await connect(server.maker);
  try {
    await dropLoader(maker.sql, server.loader.user);
    await analyzeDatabase(maker.sql);
    const look: CopyLook = {
      target: original.facts,
      copy: await listSchemaFacts(maker.sql),
      indexes: original.indexes,
      otherwise: original.otherwise,
      touched: original.touched,
      leftOut: original.leftOut.map(({ name }) => name),
      rows: await compareCounts(maker, counts),
    };
    const { missing, problems } = judgeCopy(look);
    return { missing, problems: [...tellGenerated(generated), ...closed, ...problems] };
  } finally {
    await maker.close();
  }
}

async function closeForeignServers({ maker: target }: Filling["server"]): Promise<readonly string[]> {
  const maker = await connect(target);
  try {
    const n = await dropUserMappings(maker.sql);
    return n === 0 ? [] : [`user mappings of foreign servers are not on the copy: ${n}`];
  } finally {
    await maker.close();
  }
}

async function fillTables(
  { server, original }: Filling,
  migrations: readonly Migration[],
): Promise<readonly Generated[]> {
  const loader = await connect(server.loader);
  try {
    return await generateRows(loader, original.generated, { always: listDeprecated(migrations) });
  } finally {
    await loader.close();
  }
}

function tellOriginal({ database, leftOut }: Original): readonly string[] {
  return [
    ...leftOut.map(({ name, bar }) => `${name} is not on the copy: ${bar}`),
    ...(database.recorded
      ? [
          `pg_stat_statements of the target now has the copy as a read by role ${database.user}, which closes the gate until it is excused: --allow ${database.user}`,
        ]
      : []),
  ];
}

function refuseNewer(target: number, embedded: number): void {
  if (target <= embedded) return;
  throw new SsotError("PREFLIGHT", `the target is PostgreSQL ${target}, and the embedded server is ${embedded}`, {
    hint: `Make a copy on a server of version ${target} and name it with --on URL. The target was only read.`,
  });
}

function refuseIncomplete(missing: readonly string[], { database, generated }: Original): void {
  if (missing.length === 0) return;
  if (generated.length > 0) {
    throw new SsotError(
      "PREFLIGHT",
      `the copy with generated rows lacks what migrations work on:${listLines(missing)}`,
      {
        hint: `Either generated rows break it, or an extension is missing (there: ${database.extensions.join(", ")}). Leave --schema-only out, so that its data are copied, or name a copy with --on URL. The target was only read.`,
      },
    );
  }
  throw new SsotError("PREFLIGHT", `the embedded server cannot hold what migrations work on:${listLines(missing)}`, {
    hint: `It lacks an extension, a locale or a language of the target (extensions there: ${database.extensions.join(", ")}). Make a copy where they are, and name it with --on URL. The target was only read.`,
  });
}

function refuseLocked(error: unknown): never {
  throw sqlStateOf(error) === "55P03" ? lockedTarget() : error;
}

function interrupted(): SsotError {
  return new SsotError("INTERRUPTED", "interrupted; the target was only read, and the copy goes away");
}
