import { contactsBesides, looseContactNumbers } from "../../db/queries/loose-numbers.ts";
import { listPlannedMerges } from "../../db/queries/planned-merges.ts";
import { loadEngine } from "../../migrations/engine-files.ts";
import { readNumbers } from "../../phone/read-numbers.ts";
import { foreignCodeObstacles } from "../others-code.ts";
import { tryAside } from "../trial/trial.ts";
import { type Check, type Finding, fine, type Patient } from "./check.ts";

/** Whose code a run would call, and whether what a run does goes through on empty copies of the tables. */
export const codeChecks: readonly Check[] = [
  {
    id: "code",
    title: "others' code",
    look: async ({ connection, mission, trustRoles }) => {
      const code = await foreignCodeObstacles(connection, trustRoles, mission ? undefined : []);
      if (code.length === 0) return fine("all that a run would call belongs to roles that are trusted");
      return {
        status: "problem",
        detail: `would run with the rights of this role: ${code.map(({ what }) => what).join("; ")}`,
        remedy: [...new Set(code.map(({ remedy }) => remedy))].join("; "),
      };
    },
  },
  { id: "trial", title: "trial", ofMission: true, look: lookAtTrial },
];

// What a run would stop at before it tries anything.
const inTheWay: readonly string[] = ["version", "tables", "privileges", "names", "code"];

async function lookAtTrial(patient: Patient): Promise<Finding> {
  const { connection, target, problems } = patient;
  if (problems.some((id) => inTheWay.includes(id))) {
    return { status: "warning", detail: "nothing was tried on copies of the tables: something else is in the way" };
  }
  if (connection.pooled)
    return { status: "warning", detail: "nothing was tried on copies of the tables through a pooler" };
  const numbers = readNumbers(await looseContactNumbers(connection.sql));
  const merges = await listPlannedMerges(connection.sql, numbers);
  const unfixable = await contactsBesides(connection.sql, numbers, 1);
  const work = { numbers, merges: merges.length + unfixable.count > 0 };
  const { obstacles, notTried } = await tryAside(target, await loadEngine(), work);
  if (obstacles.length > 0) {
    return {
      status: "problem",
      detail: obstacles.map(({ what }) => what).join("; "),
      remedy: obstacles.map(({ remedy }) => remedy).join("; "),
    };
  }
  if (notTried.length > 0)
    return { status: "warning", detail: `could not be tried beforehand: ${notTried.join("; ")}` };
  return fine("what a run does goes through on empty copies of the tables");
}
