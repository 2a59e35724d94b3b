import { SsotError } from "../model/errors.ts";

/** What is used of `@opentelemetry/api`, which fits as it is. Said here, so that nobody needs that package for its types. */
export interface TelemetryApi {
  readonly trace: {
    getTracer(name: string): TelemetryTracer;
    /** The module's own stands in until an SDK is set up: then its `getDelegateTracer` gives nothing. */
    getTracerProvider?(): object;
  };
  readonly metrics: { getMeterProvider(): TelemetryMeters };
}

type Attribute = string | number | boolean | string[];
export type Attributes = Record<string, Attribute>;

export interface TelemetryTracer {
  startActiveSpan<Work extends (span: TelemetrySpan) => unknown>(
    name: string,
    options: { kind?: number; attributes?: Attributes },
    work: Work,
  ): ReturnType<Work>;
}

export interface TelemetrySpan {
  isRecording(): boolean;
  updateName(name: string): unknown;
  setAttributes(attributes: Attributes): unknown;
  setStatus(status: { code: number }): unknown;
  end(): void;
}

export interface TelemetryMeters {
  getMeter(name: string): {
    createCounter(name: string, options: InstrumentOptions): TelemetryCounter;
    createHistogram(name: string, options: InstrumentOptions): TelemetryHistogram;
  };
}

interface InstrumentOptions {
  description?: string;
  unit?: string;
  advice?: { explicitBucketBoundaries?: number[] };
}

export interface TelemetryCounter {
  add(value: number, attributes?: Attributes): void;
}

export interface TelemetryHistogram {
  record(value: number, attributes?: Attributes): void;
}

export interface TelemetryOptions {
  /** `@opentelemetry/api`, where it cannot be found by its name: in a bundle, for instance. */
  readonly api?: TelemetryApi | undefined;
  /** What spans and metrics call the provider: `vapi`, `retell` and `twilio` are known. */
  readonly provider?: string | undefined;
  /** True: spans have the ids of the organisation and of the call's row. False by default. */
  readonly ids?: boolean | undefined;
}

/** Refuses what telemetry cannot work with. Throws CONFIGURATION. */
export function checkTelemetryOptions(options: TelemetryOptions | false | undefined): void {
  if (options === undefined || options === false) return;
  if (typeof options !== "object" || options === null) throw wrong("telemetry is false, or an object");
  const { api, ids, provider, ...unknown } = options;
  const names = Object.keys(unknown);
  if (names.length > 0) throw wrong(`telemetry does not know ${names.join(", ")}; it knows api, provider, ids`);
  if (api !== undefined && !isApi(api)) throw wrong("telemetry: api is the module @opentelemetry/api, 1.3 or newer");
  if (ids !== undefined && typeof ids !== "boolean") throw wrong("telemetry: ids is true or false");
  if (provider !== undefined && typeof provider !== "string") throw wrong("telemetry: provider is a name");
}

let found: TelemetryApi | null | undefined;

/** The host's own `@opentelemetry/api`, looked for once; null where there is none, or none that is known here. */
export function findTelemetryApi(): TelemetryApi | null {
  found ??= look();
  return found;
}

// Not by `import`: a bundler would look for it as well, and fail where nobody has installed it.
function look(): TelemetryApi | null {
  try {
    const { createRequire } = process.getBuiltinModule("node:module");
    const api: unknown = createRequire(import.meta.url)("@opentelemetry/api");
    return isApi(api) ? api : null;
  } catch {
    return null;
  }
}

function isApi(value: unknown): value is TelemetryApi {
  return (
    has(value, "trace") &&
    has(value.trace, "getTracer") &&
    typeof value.trace.getTracer === "function" &&
    has(value, "metrics") &&
    has(value.metrics, "getMeterProvider") &&
    typeof value.metrics.getMeterProvider === "function"
  );
}

function has<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === "object" && value !== null && name in value;
}

function wrong(message: string): SsotError {
  return new SsotError("CONFIGURATION", message);
}
