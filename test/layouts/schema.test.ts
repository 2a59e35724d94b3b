import { catalogLayouts } from "./catalog.ts";
import { holdAll } from "./hold-all.ts";
import { roleLayouts } from "./roles.ts";
import { settingLayouts } from "./settings.ts";
import { typeLayouts } from "./types.ts";

await holdAll("settings, types, kinds and rights", [
  ...settingLayouts,
  ...typeLayouts,
  ...catalogLayouts,
  ...roleLayouts,
]);
