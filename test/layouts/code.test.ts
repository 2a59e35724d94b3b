import { holdAll } from "./hold-all.ts";
import { trialLayouts } from "./trial.ts";
import { triggerLayouts } from "./triggers.ts";
import { trustLayouts } from "./trust.ts";

await holdAll("other people's code", [...triggerLayouts, ...trialLayouts, ...trustLayouts]);
