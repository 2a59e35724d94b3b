import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Sql } from "postgres";
import { createCallsDashboard } from "../dashboard/public.ts";
import { errorAnswer } from "../http/answer.ts";
import { errorCodeOf, isDatabaseAway } from "../http/database-error.ts";
import { createVapiWebhook, organizationByVapiId, type VapiWebhookOptions, vapiSecret } from "../webhook/public.ts";
import { type AccessOptions, createAccess, namesThisMachine } from "./access.ts";
import type { UnknownCalls } from "./count-unknown.ts";
import { createDemoRoutes } from "./demo-routes.ts";
import { pageFile } from "./page-files.ts";

export interface AppOptions extends AccessOptions {
  readonly sql: Sql;
  /** What senders of events prove themselves with. */
  readonly webhookSecret: string;
  /** The inbound calls as the former dashboard showed them; null where nobody knows. */
  readonly before?: UnknownCalls | null;
  readonly logger: NonNullable<VapiWebhookOptions["logger"]>;
}

/** Where everything is mounted. */
export const paths = {
  page: "/dashboard/calls",
  webhook: "/api/webhooks/vapi",
  calls: "/api/calls-dashboard",
  recent: "/api/calls-dashboard/recent",
} as const;

const policy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** The webhook, the dashboard's API and its page in one application, as a host would mount them. */
export function createApp({ sql, webhookSecret, before = null, logger, ...who }: AppOptions): Hono {
  const access = createAccess(who);
  const webhook = createVapiWebhook({
    sql,
    resolveOrganization: organizationByVapiId(sql),
    authenticate: vapiSecret(webhookSecret),
    logger,
  });
  const dashboard = createCallsDashboard({ sql, authorize: access.organisationOf, logger });
  const sendToWebhook = (message: object): Response | Promise<Response> =>
    app.request(paths.webhook, {
      method: "POST",
      headers: { "content-type": "application/json", "x-vapi-secret": webhookSecret },
      body: JSON.stringify(message),
    });

  const app = new Hono();
  // In front of the host's check: events may come through a tunnel, under its name. Nothing else does.
  app.all(paths.webhook, ({ req }) => webhook.fetch(req.raw));
  app.use(secureHeaders({ contentSecurityPolicy: policy, strictTransportSecurity: false }));
  app.use(async ({ req }, next) => {
    if (namesThisMachine(req.raw)) return next();
    return errorAnswer(403, "FOREIGN_HOST", "this server answers to 127.0.0.1 and localhost only");
  });
  app.get("/", (context) => context.redirect(paths.page));
  app.get(paths.calls, ({ req }) => dashboard.fetch(req.raw));
  app.get(paths.recent, ({ req }) => dashboard.fetch(req.raw));
  app.get("/dashboard/:file", async ({ req }) => {
    const file = await pageFile(req.param("file"));
    if (file === undefined) return notFound();
    if (req.path === paths.page) file.headers.set("set-cookie", access.pageCookie(req.raw));
    return file;
  });
  app.route("/demo", createDemoRoutes({ sql, access, before, sendToWebhook }));
  app.notFound(notFound);
  app.onError((error) => {
    // Of a database's text nothing is said or logged: it may repeat values.
    logger.error("A request could not be answered", { code: errorCodeOf(error) ?? error.name });
    if (isDatabaseAway(error)) return errorAnswer(503, "DATABASE_UNAVAILABLE", "The database is away.");
    return errorAnswer(500, "INTERNAL", "The request could not be answered.");
  });
  return app;
}

function notFound(): Response {
  return errorAnswer(404, "NOT_FOUND", "nothing is here");
}
