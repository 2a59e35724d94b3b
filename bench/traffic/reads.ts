import type { DashboardCall } from "../../src/dashboard/dashboard-call.ts";
import { listCalls } from "../../src/dashboard/list-calls.ts";
import { SsotError } from "../../src/model/errors.ts";
import type { Lane } from "./lane.ts";
import type { World } from "./world.ts";

/** Page 1 of somebody's dashboard, by the view; where that is not there (yet, or any more), by the deprecated columns. */
export async function readPage(lane: Lane, { random, organisations }: World): Promise<void> {
  const orgId = random.pick(organisations);
  const read = (): Promise<{ readonly calls: readonly DashboardCall[] }> =>
    listCalls(lane.sql, { orgId }, { nameResolution: lane.names });
  const page = await read().catch((error: unknown) => {
    if (!(error instanceof SsotError) || error.code !== "CONFIGURATION") throw error;
    lane.names = lane.names === "live" ? "legacy" : "live";
    return read();
  });
  if (page.calls.length === 0) throw new SsotError("CONFIGURATION", "a page of an organisation with calls was empty");
}

/**
 * A session that has prepared `select *` long ago. When the columns change, PostgreSQL refuses its plan, and the session
 * prepares again.
 */
export async function readPrepared(lane: Lane, { random, calls }: World): Promise<void> {
  const { id } = random.pick(calls);
  const execute = async (): Promise<void> => {
    if (!lane.prepared) await lane.sql.unsafe("prepare one_call as select * from public.calls where id = $1::uuid");
    lane.prepared = true;
    await lane.sql.unsafe(`execute one_call ('${id}')`);
  };
  await execute().catch(async (error: unknown) => {
    const cachedPlan = "0A000";
    if (!(error instanceof Error && "code" in error && error.code === cachedPlan)) throw error;
    lane.changedResults += 1;
    lane.prepared = false;
    await lane.sql.unsafe("deallocate one_call");
    await execute();
  });
}
