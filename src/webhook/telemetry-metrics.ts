import type {
  Attributes,
  TelemetryApi,
  TelemetryCounter,
  TelemetryHistogram,
  TelemetryMeters,
} from "./telemetry-api.ts";

/** Who measures: the name of tracer and meter. */
export const scope = "ssot/webhook";

interface Instruments {
  readonly events: TelemetryCounter;
  readonly duration: TelemetryHistogram;
  readonly refused: TelemetryCounter;
  readonly rejected: TelemetryCounter;
  readonly letters: TelemetryCounter;
  readonly retries: TelemetryCounter;
}

/** What is counted and measured of events. */
export class TelemetryMetrics {
  readonly #api: TelemetryApi;
  #meters: TelemetryMeters | undefined;
  #made: Instruments | undefined;

  constructor(api: TelemetryApi) {
    this.#api = api;
  }

  /**
   * Undefined where nobody measures. The host may set its meters up later than the webhook, and instruments that were made before would
   * stay dumb.
   */
  get instruments(): Instruments | undefined {
    const meters = this.#api.metrics.getMeterProvider();
    if (meters !== this.#meters) {
      this.#meters = meters;
      const made = make(meters);
      // The API's stand-ins are all one and the same.
      this.#made = made.events === made.rejected ? undefined : made;
    }
    return this.#made;
  }

  /** One event that came to its end. Seconds. */
  event(seconds: number, labels: Attributes, refused: readonly string[]): void {
    if (this.instruments === undefined) return;
    const { events, duration, refused: details } = this.instruments;
    events.add(1, labels);
    duration.record(seconds, labels);
    for (const detail of refused) {
      details.add(1, { "ssot.provider": labels["ssot.provider"] ?? "", "ssot.refused.detail": detail });
    }
  }
}

// Those of HTTP's and databases' own durations: an event is one statement, seldom many.
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

function make(meters: TelemetryMeters): Instruments {
  const meter = meters.getMeter(scope);
  const counter = (name: string, unit: string, description: string): TelemetryCounter =>
    meter.createCounter(`ssot.webhook.${name}`, { unit: `{${unit}}`, description });
  return {
    events: counter("events", "event", "Events that came, by type and outcome"),
    duration: meter.createHistogram("ssot.webhook.event.duration", {
      unit: "s",
      description: "How long an event took, from its arrival to its answer",
      advice: { explicitBucketBoundaries: bounds },
    }),
    refused: counter("refused_details", "detail", "Details of calls that were left out"),
    rejected: counter("rejected", "event", "Events that were not answered with success"),
    letters: counter("dead_letters", "event", "Events that deadLetter was given"),
    retries: counter("retries", "statement", "Statements that were sent once more"),
  };
}
