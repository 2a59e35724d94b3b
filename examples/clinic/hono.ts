import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createClinic } from "./clinic.ts";

const clinic = createClinic((name) => process.env[name]);

const app = new Hono();
app.post("/vapi", (context) => clinic.fetch(context.req.raw));
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
