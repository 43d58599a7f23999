import type { Detection, Detector } from '@mode-ood/detector'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type GaugeConfiguration } from 'prom-client'

/** What a server counts, in Prometheus' format. */
export interface ServerMetrics {
  readonly registry: Registry
  onRequest(status: number, seconds: number): void
  onBatch(images: number): void
  onDetections(detections: readonly Detection[]): void
}

/** Images over which drift is watched. */
const driftWindow = 500

export function createMetrics(detector: Detector, waiting: () => number): ServerMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'mode_ood_request_seconds',
    help: 'Time to answer a detection request, by HTTP status',
    labelNames: ['status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const images = new Counter({
    name: 'mode_ood_images_total',
    help: 'Images judged, by verdict',
    labelNames: ['verdict'],
    registers,
  })
  const batches = new Histogram({
    name: 'mode_ood_batch_images',
    help: 'Images judged at once',
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  })
  const watch = (gauge: GaugeConfiguration<string>) => registry.registerMetric(new Gauge({ ...gauge, registers: [] }))
  watch({
    name: 'mode_ood_waiting_images',
    help: 'Images that wait or are being judged',
    collect() {
      this.set(waiting())
    },
  })
  const recent: Detection[] = []
  watch({
    name: 'mode_ood_drift_p_value',
    help: `Chance of p-values as far from uniform as those of the last ${driftWindow} images while nothing has changed`,
    collect() {
      this.set(recent.length < 30 ? 1 : detector.checkDrift(recent).pValue)
    },
  })
  return {
    registry,
    onRequest: (status, seconds) => requests.observe({ status: String(status) }, seconds),
    onBatch: (count) => batches.observe(count),
    onDetections(detections) {
      for (const detection of detections) {
        images.inc({ verdict: detection.isOod ? 'ood' : 'id' })
        recent.push(detection)
      }
      recent.splice(0, Math.max(0, recent.length - driftWindow))
    },
  }
}
