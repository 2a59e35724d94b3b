import { createStyle, type Style } from "../../src/report/style.ts";

/** No colours, so many columns. */
export function plain(width = 80): Style {
  return createStyle({ color: false, width });
}
