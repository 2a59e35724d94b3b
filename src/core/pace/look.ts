import type { Connection } from "../../db/connection.ts";
import { lookAtServer } from "../../db/queries/pace.ts";
import type { Sample } from "./sample.ts";

/** Takes a look, from a session beside that of the run. Throws where the session cannot. */
export async function takeLook(
  connection: Connection,
  { pid, sinceMs }: { readonly pid: number; readonly sinceMs: number },
): Promise<Sample> {
  const answerMs = await timeAnswer(connection);
  const look = await lookAtServer(connection, pid, Math.ceil(sinceMs));
  if (look === undefined) throw new Error("the server shows nothing of itself");
  const { archives, archiveFailures, archiveFailing, unarchivedBytes, ...seen } = look;
  return {
    ...seen,
    at: performance.now(),
    answerMs,
    archiver: archives
      ? { backlogBytes: unarchivedBytes, failures: archiveFailures, failing: archiveFailing }
      : undefined,
  };
}

/** How long the server takes to answer what does nothing, in ms. */
export async function timeAnswer({ sql }: Connection): Promise<number> {
  const began = performance.now();
  await sql`select`;
  return performance.now() - began;
}

/** The parts of a look that the role may not see, in the words of a person. */
export function unseenIn({ busy, vacuuming, followers }: Sample): readonly string[] {
  return [
    ...(busy === null ? ["what other sessions do", "who waits for locks"] : []),
    ...(vacuuming === null && busy === null ? ["autovacuum"] : []),
    ...(followers.some(({ bytes }) => bytes === null) ? ["how far behind replicas are"] : []),
  ];
}
