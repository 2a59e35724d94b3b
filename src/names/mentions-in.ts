import { type Grammar, loadGrammar } from "./grammar.ts";
import { type Mention, mentionsByText, type Surroundings } from "./mention.ts";
import { linesOf, openReading } from "./reading.ts";
import { toolsOf } from "./script.ts";
import { sealReading } from "./seal.ts";

/**
 * How a text of SQL touches the deprecated columns: one or several statements, CREATE FUNCTION and DO included, of which
 * the body is read and the lines are counted. What the grammar does not take is matched by its words, never passed over.
 */
export async function mentionsIn(sql: string, around: Surroundings = {}): Promise<readonly Mention[]> {
  return mentionsWith(await loadGrammar(), sql, around);
}

function mentionsWith(grammar: Grammar, sql: string, around: Surroundings): readonly Mention[] {
  const reading = openReading(around, linesOf(sql));
  try {
    if (toolsOf(grammar).script(reading, sql) === undefined) return mentionsByText(sql);
    return sealReading(reading).toSorted((a, b) => a.line - b.line || a.column.localeCompare(b.column));
  } catch (error) {
    // Nested deeper than this process can follow.
    if (error instanceof RangeError) return mentionsByText(sql);
    throw error;
  }
}
