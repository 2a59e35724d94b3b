import { connect } from "../../db/connection.ts";
import { type CallerFigures, firstOrganisation } from "./demo-queries.ts";
import { beginStory, type DemoClaim, type DemoOptions } from "./story.ts";
import { tellMigration } from "./tell-migration.ts";

/** The story up to the migrated database, for others to go on from. */
export interface PreparedReport {
  readonly command: "demo";
  readonly ok: boolean;
  readonly claims: readonly DemoClaim[];
  readonly before: CallerFigures;
  readonly after: CallerFigures;
  /** The organisation whose calls the story is about. */
  readonly orgId: string;
}

/** Tells the beginning of the story on an empty database; the deprecated columns are still there at its end. */
export async function prepareDemo(options: DemoOptions): Promise<PreparedReport> {
  const connection = await connect(options.target);
  const story = beginStory(options);
  try {
    const figures = await tellMigration(connection, options, story);
    const ok = story.claims.every(({ held }) => held);
    return { command: "demo", ok, claims: story.claims, ...figures, orgId: await firstOrganisation(connection.sql) };
  } finally {
    await connection.close();
  }
}
