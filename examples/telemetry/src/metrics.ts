import { type HistogramMetricData, MetricReader } from '@opentelemetry/sdk-metrics';

/** A reader that has the metrics collected when it is asked. */
export class CollectingReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** What was recorded, one row for each metric and kind, sorted by name. */
export async function rowsOf(reader: CollectingReader) {
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .flatMap((metric) => {
      const { descriptor, dataPoints } = metric as HistogramMetricData;
      return dataPoints.map(({ attributes, value }) => ({
        name: descriptor.name,
        unit: descriptor.unit,
        kind: String(attributes['deltalines.kind']),
        provider: attributes['gen_ai.provider.name'],
        count: value.count,
        mean: (value.sum ?? NaN) / value.count,
        boundaries: value.buckets.boundaries,
      }));
    })
    .sort((one, other) => `${one.name} ${one.kind}`.localeCompare(`${other.name} ${other.kind}`));
}
