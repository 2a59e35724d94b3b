import type { z } from "zod";
import type { planShape } from "./shape.ts";

type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** What was approved: FORMATS.md tells each field. */
export type PlanDocument = DeepReadonly<z.infer<typeof planShape>>;
export type MigratePlan = Extract<PlanDocument, { command: "migrate" }>;
export type RollbackPlan = Extract<PlanDocument, { command: "rollback" }>;

/** What a plan says of the database and the files, whatever is done to them. */
export type Surroundings = Pick<PlanDocument, "tool" | "server" | "database" | "engine" | "story" | "catalog">;

/** What would be done, as far as it is compared. */
export type Work = Pick<PlanDocument, "pending" | "held" | "overridden" | "catchUp">;

/** A document without its seal. */
export type Unsealed<D extends PlanDocument> = Omit<D, "hash" | "ssotPlan">;
