import postgres, { type Sql } from "postgres";
import { driverOptions } from "./driver-options.ts";
import type { Target } from "./target.ts";

/**
 * A small pool with the role's and the server's own settings, as a host application has one: sessions open when they are
 * needed, and again when they were lost. The caller ends it.
 */
export function openPool(target: Target, { name, most }: { readonly name: string; readonly most: number }): Sql {
  return postgres({
    ...driverOptions(target),
    max: most,
    connection: { application_name: name },
    onnotice: () => {},
  });
}
