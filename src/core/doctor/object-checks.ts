import { isDropped, missingColumns, missingPrivileges, withoutPack } from "../../db/preflight.ts";
import { listForeignTriggers } from "../../db/queries/foreign-triggers.ts";
import { listInvalidIndexes } from "../../db/queries/invalid-indexes.ts";
import { listObstacles } from "../../db/queries/obstacles/list-obstacles.ts";
import { rolesWithoutContacts } from "../../db/queries/plan-surroundings.ts";
import { listUnfitLayouts } from "../../db/queries/table-layouts.ts";
import { listCautions } from "../list-cautions.ts";
import { type Check, fine, listNames } from "./check.ts";

/** Whether the database is what a run expects, and may be worked on. */
export const objectChecks: readonly Check[] = [
  {
    id: "tables",
    title: "tables",
    ofMission: true,
    look: async ({ connection }) => {
      const missing = await missingColumns(connection, { dropped: await isDropped(connection) });
      if (missing.length > 0) {
        return {
          status: "problem",
          detail: missing.join("; "),
          remedy: `Is it the right database? ${withoutPack}`,
        };
      }
      const unfit = await listUnfitLayouts(connection.sql);
      if (unfit.length === 0) return fine("every table and column that is needed is there");
      return { status: "problem", detail: unfit.join("; "), remedy: "docs/scale.md says which layouts work" };
    },
  },
  {
    id: "privileges",
    title: "privileges",
    look: async ({ connection, mission, trustRoles }) => {
      const missing = await missingPrivileges(connection, { mission, trustRoles });
      if (missing.length === 0) return fine("enough for migrate and rollback");
      return {
        status: "problem",
        detail: missing.join("; "),
        remedy: "use the owner of the tables, or grant what is missing: docs/roles.md has the list",
      };
    },
  },
  {
    id: "indexes",
    title: "indexes",
    ofMission: true,
    look: async ({ connection }) => {
      const invalid = await listInvalidIndexes(connection.sql);
      if (invalid.length === 0) return fine("all are valid");
      const theirs = invalid.filter(({ ours }) => !ours);
      const detail = `invalid: ${listNames(invalid.map(({ index, table }) => `${index} on ${table}`))}`;
      if (theirs.length === 0) return { status: "warning", detail, remedy: "ssot migrate builds them again" };
      return { status: "warning", detail, remedy: `reindex index concurrently ${theirs[0]?.index}` };
    },
  },
  {
    id: "names",
    title: "obstacles",
    ofMission: true,
    look: async ({ connection }) => {
      const obstacles = await listObstacles(connection.sql);
      if (obstacles.length === 0) return fine("nothing is in the way of a run");
      return {
        status: "problem",
        detail: obstacles.map(({ what }) => what).join("; "),
        remedy: obstacles.map(({ remedy }) => remedy).join("; "),
      };
    },
  },
  {
    id: "cautions",
    title: "cautions",
    ofMission: true,
    look: async ({ connection }) => {
      const cautions = await listCautions(connection.sql);
      if (cautions.length === 0) return fine("nothing to know beforehand");
      return {
        status: "warning",
        detail: cautions.map(({ what }) => what).join("; "),
        remedy: cautions.map(({ remedy }) => remedy).join("; "),
      };
    },
  },
  {
    id: "triggers",
    title: "triggers",
    ofMission: true,
    look: async ({ connection }) => {
      const triggers = await listForeignTriggers(connection.sql);
      if (triggers.length === 0) return fine("none of others would fire");
      const named = (some: typeof triggers) => some.map(({ table, name, when }) => `${table}.${name} (${when})`);
      const loud = triggers.filter(({ harmless }) => !harmless);
      if (loud.length === 0) {
        return {
          status: "warning",
          detail: `will fire on rows that are changed: ${listNames(named(triggers))}`,
          remedy: "nothing to do, but a rollback does not restore what they write",
        };
      }
      return {
        status: "problem",
        detail: `may tell somebody of every row that is changed, so ssot migrate refuses: ${named(loud).join(", ")}`,
        remedy: "disable them, or let them fire with ssot migrate --user-triggers fire",
      };
    },
  },
  {
    id: "readers",
    title: "readers",
    ofMission: true,
    look: async ({ connection }) => {
      const roles = await rolesWithoutContacts(connection.sql);
      if (roles.length === 0) return fine("who may read calls may read contacts, and so the view");
      return {
        status: "warning",
        detail: `may read calls but not contacts, so the view will refuse them: ${roles.join(", ")}`,
        remedy: `grant select on public.contacts to ${roles.join(", ")}`,
      };
    },
  },
];
