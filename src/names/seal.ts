import { columnsByText, type Mention, namesCallsByText } from "./mention.ts";
import { type Reading, reportText } from "./reading.ts";

const key = /^[\s{$.["']*(caller_name|from_number)[\s\]}"']*$/;

/** What a reading found, together with what its strings may become once the whole text is known. */
export function sealReading(reading: Reading): readonly Mention[] {
  const naming = reading.constants.filter(({ value }) => columnsByText(value).length > 0);
  const callsNamed = reading.constants.some(({ value }) => namesCallsByText(value));
  for (const constant of naming) {
    if (reading.builtText && callsNamed) reportText(reading, constant);
    // to_jsonb(c) ->> 'caller_name' finds null once the column is gone.
    else if (reading.rowAsValue && key.test(constant.value)) reportText(reading, constant);
  }
  return reading.mentions;
}
