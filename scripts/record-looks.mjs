// Records what a run's controller would see of a server, for test/pace/recorded: one JSON line a look, every 400 ms, until Ctrl-C.
//   node scripts/record-looks.mjs URL > FILE
// Whoever waits for the run cannot be seen: there is none. Needs `npm run build`.
import { setTimeout as sleep } from "node:timers/promises";
import { takeLook } from "../dist/src/core/pace/look.js";
import { connect } from "../dist/src/db/connection.js";
import { resolveTarget } from "../dist/src/db/target.js";

const everyMs = 400;
const [databaseUrl = ""] = process.argv.slice(2);
const connection = await connect(resolveTarget({ databaseUrl, environment: {}, directory: "/" }));
for (let before = performance.now() - everyMs; ; ) {
  const look = await takeLook(connection, { pid: connection.pid, sinceMs: performance.now() - before });
  before = look.at;
  process.stdout.write(
    `${JSON.stringify({ ...look, at: Math.round(look.at), answerMs: Number(look.answerMs.toFixed(2)) })}\n`,
  );
  await sleep(everyMs);
}
