import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export interface AccessOptions {
  /** Bearer tokens, each with the organisation that it may see. */
  readonly tokens: ReadonlyMap<string, string>;
  /** The organisation that the page shows. */
  readonly pageOrgId: string;
}

export interface Access {
  /** The organisation of the request's bearer token, else of the page's cookie; null: nobody's. */
  readonly organisationOf: (request: Request) => string | null;
  /** The cookie that makes a browser the page's. Scripts cannot read it, and no other site can have it sent. */
  readonly pageCookie: (request: Request) => string;
}

/** Who may see what. The page's right is a secret of this run that only its cookie has. */
export function createAccess({ tokens, pageOrgId }: AccessOptions): Access {
  const session = randomBytes(24).toString("hex");
  return {
    pageCookie: (request) => `${cookieName(request)}=${session}; Path=/; HttpOnly; SameSite=Strict`,
    organisationOf: (request) => {
      const { headers } = request;
      const authorization = headers.get("authorization");
      if (authorization !== null) {
        const token = authorization.replace(/^bearer +/i, "");
        return [...tokens].find(([known]) => isSame(known, token))?.[1] ?? null;
      }
      const cookies = (headers.get("cookie") ?? "").split(/; */);
      return cookies.some((cookie) => isSame(cookie, `${cookieName(request)}=${session}`)) ? pageOrgId : null;
    },
  };
}

/**
 * Whether a request names this machine as its host. A name of somebody else's may have been made to point here, to read
 * with a browser what only this machine should (DNS rebinding).
 */
export function namesThisMachine({ url }: Request): boolean {
  return ["127.0.0.1", "localhost"].includes(new URL(url).hostname);
}

/** Whether a browser says that another page than ours sends this. Another port is another page. */
export function comesFromElsewhere({ url, headers }: Request): boolean {
  const site = headers.get("sec-fetch-site") ?? "same-origin";
  const origin = headers.get("origin") ?? new URL(url).origin;
  return site !== "same-origin" || origin !== new URL(url).origin;
}

// Cookies know no ports: two servers on one machine would overwrite each other's.
function cookieName({ url }: Request): string {
  return `ssot_demo_${new URL(url).port}`;
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
