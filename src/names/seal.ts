import type { Mention } from "./mention.ts";
import { type Reading, reportAll, reportText } from "./reading.ts";

/** What a reading found, together with what its strings may become once the whole text is known. */
export function sealReading(reading: Reading): readonly Mention[] {
  const { constants, words } = reading;
  const tableNamed = constants.some(({ value }) => words.nameTable(value));
  for (const constant of constants.filter(({ value }) => words.columnsIn(value).length > 0)) {
    if (reading.builtText && tableNamed) reportText(reading, constant);
    // to_jsonb(c) ->> 'caller_name' finds null once the column is gone.
    else if (reading.rowAsValue && words.isKey(constant.value)) reportText(reading, constant);
  }
  if (reading.recorded && reading.rowAsValue && reading.asksKeys) reportAll(reading, "dynamic", 1, "text");
  return reading.mentions;
}
