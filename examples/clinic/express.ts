import express from "express";
import { createClinic } from "./clinic.ts";

const clinic = createClinic((name) => process.env[name]);

const app = express();
// In front of any body parser: the webhook reads the body itself.
app.post("/vapi", clinic.nodeListener);
app.use(express.json());
app.listen(Number(process.env.PORT ?? 3000));
