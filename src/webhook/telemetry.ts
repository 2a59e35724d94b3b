import { errorCodeOf } from "../http/database-error.ts";
import { SsotError } from "../model/errors.ts";
import type { RecordedCall } from "./call-event.ts";
import { describeError } from "./describe-error.ts";
import { rejectionOf, type Trace } from "./rejection.ts";
import {
  type Attributes,
  findTelemetryApi,
  type TelemetryApi,
  type TelemetryOptions,
  type TelemetrySpan,
  type TelemetryTracer,
} from "./telemetry-api.ts";
import { scope, TelemetryMetrics } from "./telemetry-metrics.ts";

// As OpenTelemetry numbers them: https://opentelemetry.io/docs/specs/otel/trace/api/.
const kinds = { internal: 0, client: 2, consumer: 4 } as const;
const failed = 2;

/** The statement that writes a call with its contact, and the look-up of one that is stored, as spans name them. */
export const writing = "INSERT public.contacts INSERT public.calls";
export const lookingUp = "SELECT public.calls";

const whys = {
  again: "again",
  "read the schema again": "schema",
  "leave out what is refused": "refused",
} as const;

/**
 * Tells OpenTelemetry what becomes of events: a span each, one each for their statements, counters, and the duration. Ids only where the host
 * wants them; never what a message says, nor what an error does.
 */
export class Telemetry {
  readonly #api: TelemetryApi;
  #tracer: TelemetryTracer | undefined;
  readonly #metrics: TelemetryMetrics;
  readonly #provider: Attributes;
  readonly #name: string;
  readonly #ids: boolean;
  readonly #types = new Set<string>();

  constructor(api: TelemetryApi, { provider, ids = false }: TelemetryOptions) {
    this.#api = api;
    this.#metrics = new TelemetryMetrics(api);
    this.#provider = provider === undefined ? {} : { "ssot.provider": provider };
    this.#name = provider ?? "other";
    this.#ids = ids;
  }

  /** Runs what is to be done for an event inside its span; gives or throws what that does. */
  event<T>(trace: Trace, work: () => Promise<T>, kind: "internal" | "consumer" = "consumer"): Promise<T> {
    const tracer = this.#liveTracer();
    // Installed, and never set up: many have it for another package's sake.
    if (tracer === undefined && this.#metrics.instruments === undefined) return work();
    const began = performance.now();
    const watched = async (span?: TelemetrySpan): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        trace.rejection ??= rejectionOf(error, trace);
        throw error;
      } finally {
        this.#finish(span, trace, (performance.now() - began) / 1000);
      }
    };
    const options = { kind: kinds[kind], attributes: this.#provider };
    const name = kind === "internal" ? "recordCall" : `${this.#name} event`;
    return tracer === undefined ? watched() : tracer.startActiveSpan(name, options, watched);
  }

  /** The same for `recordCall`, which stands inside a span of the host's. */
  call(orgId: unknown, record: () => Promise<RecordedCall>): Promise<RecordedCall> {
    const trace: Trace = typeof orgId === "string" ? { orgId } : {};
    const work = async (): Promise<RecordedCall> => {
      const call = await record();
      trace.handled = { handled: true, ...call };
      return call;
    };
    return this.event(trace, work, "internal");
  }

  /** Runs a statement inside a span of its own, by the conventions for clients of databases. */
  statement<T>(summary: string, work: () => Promise<T>): Promise<T> {
    // Every statement is an event's, which has looked.
    const tracer = this.#tracer;
    if (tracer === undefined) return work();
    const attributes = { "db.system.name": "postgresql", "db.query.summary": summary };
    return tracer.startActiveSpan(summary, { kind: kinds.client, attributes }, async (span) => {
      try {
        return await work();
      } catch (error) {
        if (span.isRecording()) fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  /** Something is sent once more, for this error. */
  retried(why: keyof typeof whys, error: unknown): void {
    const reason = { ...this.#provider, "ssot.retry.reason": whys[why], ...stateOf(error) };
    this.#metrics.instruments?.retries.add(1, reason);
  }

  #liveTracer(): TelemetryTracer | undefined {
    if (this.#tracer !== undefined) return this.#tracer;
    const { trace } = this.#api;
    const provider = trace.getTracerProvider?.() ?? {};
    const delegate: unknown = Reflect.get(provider, "getDelegateTracer");
    if (typeof delegate === "function" && Reflect.apply(delegate, provider, [scope]) === undefined) return undefined;
    this.#tracer = trace.getTracer(scope);
    return this.#tracer;
  }

  #finish(span: TelemetrySpan | undefined, trace: Trace, seconds: number): void {
    const { handled, rejection, letterTaken } = trace;
    const type = trace.type === undefined ? {} : { "ssot.event.type": this.#label(trace.type) };
    const labels = { ...this.#provider, ...type, "ssot.event.outcome": outcomeOf(trace) };
    const refused = handled?.handled === true ? handled.refused : [];
    this.#metrics.event(seconds, labels, refused);
    const reason = { ...this.#provider, "ssot.rejection.code": rejection?.code ?? "" };
    if (rejection !== undefined) this.#metrics.instruments?.rejected.add(1, reason);
    if (letterTaken !== undefined) {
      this.#metrics.instruments?.letters.add(1, { ...reason, "ssot.dead_letter.taken": letterTaken });
    }
    if (span?.isRecording()) {
      if ("ssot.event.type" in type) span.updateName(`${this.#name} ${type["ssot.event.type"]}`);
      span.setAttributes({ ...labels, ...factsOf(trace), ...(this.#ids ? idsOf(trace) : {}) });
      if (rejection !== undefined && rejection.status >= 500) fail(span, rejection.error, rejection.code);
    }
    span?.end();
  }

  // A sender says what it likes, and each word would be a series of its own.
  #label(type: string): string {
    const word = type.replace(/\[.*$/s, "");
    if (this.#types.has(word)) return word;
    if (!/^[a-z][\w.-]{0,63}$/i.test(word) || this.#types.size >= 64) return "_OTHER";
    this.#types.add(word);
    return word;
  }
}

/** What tells OpenTelemetry; undefined where there is none, or the host wants none. */
export function telemetryOf(options: TelemetryOptions | false = {}, provider?: string): Telemetry | undefined {
  if (options === false) return undefined;
  const api = options.api ?? findTelemetryApi();
  return api === null ? undefined : new Telemetry(api, { ...options, provider: options.provider ?? provider });
}

function outcomeOf({ handled, rejection }: Trace): string {
  if (rejection !== undefined) return "rejected";
  // What `otherwise` answers is handled by nobody here.
  if (handled === undefined) return "answered";
  if (!handled.handled) return "not_recorded";
  return handled.repeat ? "repeat" : handled.created ? "created" : "changed";
}

function factsOf({ handled, rejection }: Trace): Attributes {
  if (rejection !== undefined) return { "ssot.rejection.code": rejection.code };
  if (handled?.handled !== true) return {};
  const { contactCreated, refused } = handled;
  return { "ssot.contact.created": contactCreated, ...(refused.length > 0 ? { "ssot.refused": [...refused] } : {}) };
}

function idsOf({ orgId, handled }: Trace): Attributes {
  return {
    ...(orgId === undefined ? {} : { "ssot.organisation.id": orgId }),
    ...(handled?.handled === true ? { "ssot.call.id": handled.callId } : {}),
  };
}

// The class alone: messages repeat what was sent.
function fail(span: TelemetrySpan, error: unknown, code?: string): void {
  const known = code === "INTERNAL" ? undefined : (code ?? (error instanceof SsotError ? error.code : undefined));
  const state = stateOf(error);
  const lost = /^[A-Z][A-Z_]{2,39}$/.exec(errorCodeOf(error) ?? "")?.[0];
  const kind = known ?? state["db.response.status_code"] ?? lost ?? describeError(error).error;
  span.setAttributes({ "error.type": kind, ...state });
  span.setStatus({ code: failed });
}

// Of what an error of ours wraps, too.
function stateOf(error: unknown): { "db.response.status_code"?: string } {
  const state = errorCodeOf(error instanceof SsotError ? error.cause : error);
  return state === undefined || !/^[0-9A-Z]{5}$/.test(state) ? {} : { "db.response.status_code": state };
}
