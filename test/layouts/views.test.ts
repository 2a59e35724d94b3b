import { adoptionLayouts } from "./adoption.ts";
import { holdAll } from "./hold-all.ts";
import { partLayouts } from "./parts.ts";
import { viewLayouts } from "./views.ts";

await holdAll("views, things made by hand, and all that hangs on columns", [
  ...viewLayouts,
  ...adoptionLayouts,
  ...partLayouts,
]);
