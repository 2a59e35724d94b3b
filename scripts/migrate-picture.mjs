// Makes docs/migrate.svg from a real run: ssot migrate on an embedded PostgreSQL, while a webhook writes calls and a dashboard reads.
//   node scripts/migrate-picture.mjs [CALLS]   needs a build, and nothing else at work: the figures are those of the machine
// Who wants no motion sees the end alone.
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import postgres from "postgres";
import { generateData } from "../dist/fixtures/generate.js";
import { run } from "../dist/src/cli/run.js";
import { recentCalls } from "../dist/src/dashboard/recent-calls.js";
import { startEmbeddedServer, temporaryServerDirectory } from "../dist/src/db/embedded/embedded-server.js";
import { takeCall } from "../dist/verify/probe-call.js";
import { drawRun } from "./draw-run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const size = { calls: Number(process.argv[2] ?? 5_000), contacts: 30_000, organizations: 5, dirt: true };
const columns = 80;

if (isMainThread) await main();
else await serve(workerData);

async function main() {
  const directory = temporaryServerDirectory("ssot-picture-");
  const server = await startEmbeddedServer({ directory, ephemeral: true });
  const url = `postgres://${server.user}:${server.password}@${server.host}:${server.port}/voxanne`;
  try {
    const admin = postgres(url.replace(/voxanne$/, "postgres"), { max: 1 });
    await admin`create database voxanne`;
    await admin.end();
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    await sql.unsafe(readFileSync(`${root}fixtures/base-schema.sql`, "utf8"));
    await generateData(sql, size);
    const [organization] =
      await sql`select org_id as id from public.calls group by org_id order by count(*) desc limit 1`;
    await sql.end();
    const traffic = new Worker(new URL(import.meta.url), { workerData: { url, orgId: organization.id } });
    const answers = [];
    traffic.on("message", (answer) => answers.push(answer));
    await sleep(2_000);
    const began = Date.now();
    const writes = await migrate(url, began);
    const durationMs = Date.now() - began;
    await sleep(1_000);
    traffic.postMessage("end");
    await once(traffic, "exit");
    writeFileSync(
      `${root}docs/migrate.svg`,
      drawRun({ writes, answers: since(answers, began), durationMs, columns, size }),
    );
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What the command wrote to its terminal, and when. */
async function migrate(url, began) {
  const writes = [];
  const terminal = {
    isTTY: true,
    columns,
    write: (text) => writes.push({ at: Date.now() - began, text }),
    on: () => terminal,
  };
  const io = {
    stdin: process.stdin,
    stdout: terminal,
    stderr: terminal,
    env: { DATABASE_URL: url, TERM: "xterm-256color" },
    cwd: () => root,
    on() {},
    off() {},
    exit() {},
  };
  const exitCode = await run(["node", "ssot", "migrate"], io);
  if (exitCode !== 0)
    throw new Error(`ssot migrate ended with ${exitCode}: ${writes.map(({ text }) => text).join("")}`);
  return writes;
}

/** The traffic, in a thread of its own: calls are written by the webhook library, and the latest are read by the dashboard's. */
async function serve({ url, orgId }) {
  const sql = postgres(url, { max: 4, onnotice: () => {} });
  let goesOn = true;
  parentPort.once("message", () => {
    goesOn = false;
  });
  const lane = async (what, ask) => {
    for (let n = 0; goesOn; n += 1) {
      const at = Date.now();
      const start = performance.now();
      const failed = await ask(n).then(
        () => false,
        () => true,
      );
      parentPort.postMessage({ what, at, ms: performance.now() - start, failed });
      await sleep(8);
    }
  };
  const number = (n) => `+1415555${String(100 + (n % 100)).padStart(4, "0")}`;
  await Promise.all([
    lane("written", (n) =>
      takeCall(sql, { orgId, vapiCallId: `picture-a-${n}`, number: number(n), name: "Ines Duarte" }),
    ),
    lane("written", (n) =>
      takeCall(sql, { orgId, vapiCallId: `picture-b-${n}`, number: number(n + 50), name: "Tom Lind" }),
    ),
    lane("read", async () => {
      // Before the view is there, the table is what a dashboard reads.
      await recentCalls(sql, { orgId, limit: 20 }).catch(
        () => sql`select id, caller_name from public.calls where org_id = ${orgId} order by created_at desc limit 20`,
      );
    }),
  ]);
  await sql.end();
  parentPort.close();
}

function since(answers, began) {
  return answers.map((answer) => ({ ...answer, at: answer.at - began }));
}
