import { SsotError } from "../model/errors.ts";

/** What can be said of a connection, by libpq's names, each with the variable that says it, if one does. */
const variables = {
  host: "PGHOST",
  port: "PGPORT",
  dbname: "PGDATABASE",
  user: "PGUSER",
  password: "PGPASSWORD",
  passfile: "PGPASSFILE",
  options: "PGOPTIONS",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  service: "PGSERVICE",
  servicefile: undefined,
  hostaddr: "PGHOSTADDR",
  channel_binding: "PGCHANNELBINDING",
  require_auth: "PGREQUIREAUTH",
  requirepeer: "PGREQUIREPEER",
  sslnegotiation: "PGSSLNEGOTIATION",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslpassword: undefined,
  sslcertmode: "PGSSLCERTMODE",
  sslcrl: "PGSSLCRL",
  sslcrldir: "PGSSLCRLDIR",
  sslsni: "PGSSLSNI",
  sslcompression: "PGSSLCOMPRESSION",
  ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
  ssl_max_protocol_version: "PGSSLMAXPROTOCOLVERSION",
  min_protocol_version: "PGMINPROTOCOLVERSION",
  max_protocol_version: "PGMAXPROTOCOLVERSION",
  gssencmode: "PGGSSENCMODE",
  gssdelegation: "PGGSSDELEGATION",
  gsslib: "PGGSSLIB",
  krbsrvname: "PGKRBSRVNAME",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  load_balance_hosts: "PGLOADBALANCEHOSTS",
  replication: undefined,
  application_name: "PGAPPNAME",
  fallback_application_name: undefined,
  client_encoding: "PGCLIENTENCODING",
  connect_timeout: "PGCONNECT_TIMEOUT",
  keepalives: undefined,
  keepalives_idle: undefined,
  keepalives_interval: undefined,
  keepalives_count: undefined,
  tcp_user_timeout: undefined,
} as const satisfies Readonly<Record<string, string | undefined>>;

export type ParameterName = keyof typeof variables;

export function isParameter(name: string): name is ParameterName {
  return Object.hasOwn(variables, name);
}

/** What a target is made of. */
const honoured: readonly ParameterName[] = [
  ...(["host", "port", "dbname", "user", "password", "passfile", "options", "sslmode", "sslrootcert"] as const),
];

/** What changes neither which database is meant nor how safely it is reached: ssot has its own way, or none is needed. */
const indifferent: readonly ParameterName[] = [
  ...([
    "application_name",
    "fallback_application_name",
    "client_encoding",
    "connect_timeout",
    "tcp_user_timeout",
  ] as const),
  ...(["keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "servicefile"] as const),
  ...(["sslcompression", "gssdelegation", "gsslib", "krbsrvname", "load_balance_hosts"] as const),
];

/** Values that say what is done anyway. */
const granted: Readonly<Partial<Record<ParameterName, readonly string[]>>> = {
  channel_binding: ["disable", "prefer"],
  gssencmode: ["disable", "prefer"],
  sslnegotiation: ["postgres"],
  sslcertmode: ["disable", "allow"],
  sslsni: ["1"],
  ssl_min_protocol_version: ["TLSv1", "TLSv1.1", "TLSv1.2"],
  ssl_max_protocol_version: ["TLSv1.3"],
  min_protocol_version: ["3.0"],
  max_protocol_version: ["3.0", "3.2", "latest"],
  target_session_attrs: ["any"],
  replication: ["false", "off", "no", "0"],
};

/** A value, and where it was said: in the URL, in the environment, or in the file `.env`. */
export interface Said {
  readonly value: string;
  readonly in: "url" | "environment" | ".env";
}

export interface Sources {
  readonly url: Readonly<Partial<Record<ParameterName, string>>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the file `.env`; empty where the target does not come from it. */
  readonly file: Readonly<Record<string, string | undefined>>;
}

/** What is said of a parameter: by the URL, else by the environment, else by `.env`. An empty variable says nothing. */
export function lookUp({ url, environment, file }: Sources, name: ParameterName): Said | undefined {
  const said = url[name];
  if (said !== undefined) return { value: said, in: "url" };
  const variable = variables[name];
  if (variable === undefined) return undefined;
  if (environment[variable]) return { value: environment[variable], in: "environment" };
  return file[variable] ? { value: file[variable], in: ".env" } : undefined;
}

/** Throws CONFIGURATION for the first thing that is asked for and would not be done; its value, which may be secret, is not told. */
export function refuseUnkept(sources: Sources): void {
  for (const name of Object.keys(variables).filter(isParameter)) {
    if (honoured.includes(name) || indifferent.includes(name)) continue;
    const said = lookUp(sources, name);
    if (said === undefined) continue;
    // The driver reads this variable of the process by itself, and takes no "any".
    const readByDriver = name === "target_session_attrs" && said.in !== "url";
    if (granted[name]?.includes(said.value) && !readByDriver) continue;
    const where = said.in === "url" ? `${name} in the database URL` : `${variables[name]} in the ${placeOf(said)}`;
    throw new SsotError("CONFIGURATION", `${where} asks for something that ssot does not do`, {
      hint:
        name === "service"
          ? "Say host, port, database and user themselves, and leave the service out."
          : "Leave it out if the connection may be made without it.",
    });
  }
}

function placeOf({ in: place }: Said): string {
  return place === ".env" ? "file .env" : "environment";
}
