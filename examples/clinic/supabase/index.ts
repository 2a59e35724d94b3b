import { createClinic } from "../clinic.ts";

// The pooler in transaction mode knows no prepared statements.
const clinic = createClinic((name) => Deno.env.get(name === "DATABASE_URL" ? "SUPABASE_DB_URL" : name), {
  prepare: false,
});

// The function would be put away with the answer: the runtime waits for what goes on after it.
Deno.serve((request) => clinic.fetch(request, { waitUntil: (work) => EdgeRuntime.waitUntil(work) }));
