import type { Watched } from "../../src/names/mention.ts";

/** The columns that the mission deprecates, and the view over their table. */
export const watchedCalls: Watched = {
  relations: [
    { schema: "public", name: "calls" },
    { schema: "public", name: "calls_with_caller_names" },
  ],
  columns: ["caller_name", "from_number"],
};
