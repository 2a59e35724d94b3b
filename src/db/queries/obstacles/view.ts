import type { Sql } from "postgres";
import { listStanding, readFormerView } from "../wider-view.ts";
import type { Obstacle } from "./obstacle.ts";

/** What keeps somebody's view of our name from being replaced: columns that ours has not, and what stands on it. */
export async function listViewObstacles(
  sql: Sql,
  { replaceView }: { readonly replaceView: boolean },
): Promise<readonly Obstacle[]> {
  const view = await readFormerView(sql);
  if (view === undefined || view.problem === null) return [];
  const standing = (await listStanding(sql)).filter(({ problem }) => problem !== null);
  return [
    ...(replaceView || view.further.length === 0
      ? []
      : [
          {
            what: `the view calls_with_caller_names would be replaced and lose columns that ours has not: ${view.further.join(", ")} (it ${view.problem})`,
            remedy:
              "give it another name, or let it be replaced with ssot migrate --replace-view: a rollback brings it back",
            option: "--replace-view",
          },
        ]),
    ...standing.map(({ name, problem }) => ({
      what: `${name} depends on the view calls_with_caller_names, which would be replaced: it ${problem}`,
      remedy: "drop it, run ssot migrate, and create it again on the new view",
    })),
  ];
}
