import { holdAll } from "./hold-all.ts";
import { peopleLayouts } from "./people.ts";
import { withheldLayouts } from "./withheld.ts";

await holdAll("people and numbers", [...peopleLayouts, ...withheldLayouts]);
