import type { Mutation } from "./mutation.ts";
import { objects } from "./objects.ts";
import { rows } from "./rows.ts";
import { rules } from "./rules.ts";
import { tenants } from "./tenants.ts";
import { witness } from "./witness.ts";
import { writes } from "./writes.ts";

export const mutations: readonly Mutation[] = [...tenants, ...objects, ...rules, ...rows, ...writes, ...witness];
