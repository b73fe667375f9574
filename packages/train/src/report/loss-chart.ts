/** The loss curve as SVG, drawn without a library so that the page needs no script. */
import type { MetricsLine } from "../run/metrics-log.ts";

const WIDTH = 860;
const HEIGHT = 300;
const MARGIN = { left: 48, right: 12, top: 12, bottom: 32 };

/** A chart of `key` over steps: every step as a faint line, a running mean over 2 % of the run on top. */
export function lossChart(lines: readonly MetricsLine[], key = "loss"): string {
  const points = lines.flatMap((line) => {
    const value = line[key];
    return typeof value === "number" && Number.isFinite(value) ? [[line.step, value] as const] : [];
  });
  if (points.length < 2) return "";
  const smooth = runningMean(points, Math.max(1, Math.round(points.length * 0.02)));
  const lastStep = points.at(-1)?.[0] ?? 1;
  const top = Math.max(...points.map(([, value]) => value)) * 1.05;
  const x = (step: number): number => MARGIN.left + (step / lastStep) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number): number => HEIGHT - MARGIN.bottom - (value / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const path = (series: readonly (readonly [number, number])[]): string =>
    series.map(([step, value], i) => `${i === 0 ? "M" : "L"}${x(step).toFixed(1)},${y(value).toFixed(1)}`).join("");
  const yTicks = ticks(top).map(
    (value) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(value)}" y2="${y(value)}"/><text x="${MARGIN.left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const xTicks = ticks(lastStep).map(
    (step) => `<text x="${x(step)}" y="${HEIGHT - 10}" text-anchor="middle">${step}</text>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${key} over steps">${yTicks.join("")}${xTicks.join("")}<path class="raw" d="${path(points)}"/><path class="smooth" d="${path(smooth)}"/></svg>`;
}

function runningMean(points: readonly (readonly [number, number])[], window: number): [number, number][] {
  let sum = 0;
  return points.map(([step, value], i) => {
    sum += value - (i >= window ? (points[i - window]?.[1] ?? 0) : 0);
    return [step, sum / Math.min(i + 1, window)];
  });
}

/** Four or five round numbers from 0 to `top`. */
function ticks(top: number): number[] {
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}
