import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { TelemetryApi } from "../../src/webhook/public.ts";

/** OpenTelemetry's own SDK, with what it was told kept in memory. Nothing is registered for the process but who keeps contexts. */
export interface TelemetryRig {
  readonly api: TelemetryApi;
  readonly provider: BasicTracerProvider;
  /** Spans that have ended, in the order of their beginning; they are forgotten. */
  take(): readonly ReadableSpan[];
  /** The sum of each counter, and how often each histogram was told, by its name and attributes. */
  sums(): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

export function makeRig(): TelemetryRig {
  // By their beginning: the times of two spans may be the same.
  const begun: ReadableSpan[] = [];
  const nothing = async (): Promise<void> => {};
  const keeper = { onStart: (span: ReadableSpan) => void begun.push(span), onEnd: () => {} };
  const provider = new BasicTracerProvider({
    spanProcessors: [{ ...keeper, forceFlush: nothing, shutdown: nothing }],
  });
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    api: { trace: provider, metrics: { getMeterProvider: () => meters } },
    provider,
    take: () => begun.splice(0).filter(({ ended }) => ended),
    sums: async () => {
      measured.reset();
      await meters.forceFlush();
      const found = measured
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all));
      const points = found.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => {
          const labels = Object.entries(attributes).map(([name, label]) => `${name}=${label}`);
          const count = typeof value === "number" ? value : value.count;
          return [[descriptor.name, ...labels.sort()].join(" "), Number(count)] as const;
        }),
      );
      return Object.fromEntries(points);
    },
    stop: async () => {
      context.disable();
      await Promise.all([provider.shutdown(), meters.shutdown()]);
    },
  };
}
