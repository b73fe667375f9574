/** How much of a device a run used: MFU, model FLOPs per second over what the device can do (Chowdhery et al. 2022). */
import type { Batch } from "@l3m/core";
import type { Engine } from "../engines/engine.ts";
import type { MetricsLine } from "../run/metrics-log.ts";
import type { Training } from "../training.ts";
import { devicePeak } from "./device-peaks.ts";
import { formatFlops } from "./format-estimate.ts";
import { modelFlops } from "./model-flops.ts";
import { batchTypes, stepArguments } from "./step-arguments.ts";

/** What a run measured. */
export interface Measured {
  readonly batchSize: number;
  /** Of the run's log. */
  readonly lines: readonly MetricsLine[];
}

/**
 * One line for the end of a run, `282 TFLOP a step, 414 TFLOP/s, MFU 41.8 % (H100 SXM)`, from its median speed.
 *
 * @param sample a training batch of one
 * @returns undefined where the peak is not known (CPUs, other GPUs, several of them, computing in f32) or nothing was measured
 */
export async function utilizationLine(
  { tracer, deviceKind = "", devices }: Pick<Engine, "tracer" | "deviceKind" | "devices">,
  training: Training,
  sample: Batch,
  { batchSize, lines }: Measured,
): Promise<string | undefined> {
  const peak = devicePeak(deviceKind);
  const rate = medianRate(lines);
  if (tracer === undefined || peak === undefined || devices > 1 || rate === undefined) return undefined;
  if (training.precision.compute !== "bf16") return undefined;
  const flops = await modelFlops(training, tracer, stepArguments(training, tracer, batchTypes(sample, batchSize)));
  const perSecond = flops * (rate / batchSize);
  const used = ((100 * perSecond) / peak.bf16).toFixed(1);
  return `${formatFlops(flops)} a step, ${formatFlops(perSecond)}/s, MFU ${used} % (${peak.name})`;
}

function medianRate(lines: readonly MetricsLine[]): number | undefined {
  const rates = lines.flatMap(({ samples_per_s: rate }) => (typeof rate === "number" && rate > 0 ? [rate] : []));
  return rates.sort((a, b) => a - b)[rates.length >> 1];
}
