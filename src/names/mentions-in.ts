import { type Grammar, loadGrammar } from "./grammar.ts";
import type { Mention, Surroundings, Watched } from "./mention.ts";
import { linesOf, openReading, type Reading } from "./reading.ts";
import { toolsOf } from "./script.ts";
import { sealReading } from "./seal.ts";
import { mentionsByText } from "./words.ts";

/**
 * How a text of SQL touches the watched columns: one or several statements, CREATE FUNCTION and DO included, of which
 * the body is read and the lines are counted. What the grammar does not take is matched by its words, never passed over.
 */
export async function mentionsIn(
  sql: string,
  watched: Watched,
  around: Surroundings = {},
): Promise<readonly Mention[]> {
  return mentionsWith(await loadGrammar(), sql, openReading(watched, around, linesOf(sql)));
}

/** The same of one statement that a server recorded; undefined where the grammar does not take it. */
export async function mentionsInRecorded(
  sql: string,
  watched: Watched,
  around: Surroundings,
): Promise<readonly Mention[] | undefined> {
  const reading = openReading(watched, { ...around, recorded: true }, linesOf(sql));
  try {
    return toolsOf(await loadGrammar()).script(reading, sql) === undefined ? undefined : sealReading(reading);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function mentionsWith(grammar: Grammar, sql: string, reading: Reading): readonly Mention[] {
  try {
    if (toolsOf(grammar).script(reading, sql) === undefined) return mentionsByText(reading.words, sql);
    return sealReading(reading).toSorted((a, b) => a.line - b.line || a.column.localeCompare(b.column));
  } catch (error) {
    // Nested deeper than this process can follow.
    if (error instanceof RangeError) return mentionsByText(reading.words, sql);
    throw error;
  }
}
