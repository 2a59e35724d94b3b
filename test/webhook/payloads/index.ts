import { callers } from "./callers.ts";
import { oddDetails } from "./odd-details.ts";
import { olderShapes } from "./older-shapes.ts";
import { otherTypes } from "./other-types.ts";
import type { Payload } from "./payloads.ts";
import { reports } from "./reports.ts";
import { stories } from "./stories.ts";
import { walls } from "./walls.ts";

/** In the order in which they are sent. No two of them contradict each other, so that any other order gives the same tables. */
export const payloads: readonly Payload[] = [
  ...reports,
  ...callers,
  ...oddDetails,
  ...olderShapes,
  ...stories,
  ...walls,
  ...otherTypes,
];
