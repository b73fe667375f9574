/** Compares what came out with what was recorded, and keeps the worst deviation and every difference. */
import type { HostArray } from "@l3m/core";
import { formatShape } from "@l3m/errors";
import type { Tolerance } from "./golden-case.ts";
import { NoiseBounds, rootMeanSquareError } from "./rounding-noise.ts";

/** For numbers of cases that state no tolerance. */
export const DOUBLE_PRECISION: Tolerance = { rtol: 1e-12, atol: 0 };
/** For integers, booleans and text. */
export const EXACT: Tolerance = { rtol: 0, atol: 0 };

export class Comparison {
  /** One sentence per difference. */
  readonly differences: string[] = [];
  /** Largest `|a - b|` of all finite pairs. */
  maxError = 0;
  /** Largest `|a - b| / (atol + rtol |b|)`: how much of the tolerance was used. */
  maxOfTolerance = 0;
  /** Number of values compared. */
  count = 0;

  /** Element-wise. Shapes must agree, except that a 0-d value is stored with shape `[1]`. */
  array(name: string, got: HostArray | undefined, expected: HostArray, tolerance: Tolerance): void {
    if (got === undefined) return this.differ(name, "is missing");
    if (shapeOf(got) !== shapeOf(expected))
      return this.differ(name, `has shape ${formatShape(got.shape)}, expected ${formatShape(expected.shape)}`);
    const { rtol, atol, noise } = tolerance;
    const bounds = noise === undefined ? undefined : new NoiseBounds(expected, noise);
    let worst = -1;
    let excess = 1;
    for (let i = 0; i < expected.data.length; i++) {
      const allowed = bounds === undefined ? atol : atol + bounds.at(i);
      const used = this.#measure(got.data[i] as number, expected.data[i] as number, { rtol, atol: allowed });
      if (used > excess || Number.isNaN(used)) {
        worst = i;
        excess = used;
        if (Number.isNaN(used)) break;
      }
    }
    if (worst >= 0)
      this.differ(
        name,
        `${formatShape(expected.shape)} at ${worst} is ${got.data[worst]}, expected ${expected.data[worst]}`,
      );
    if (bounds === undefined) return;
    const used = rootMeanSquareError(got, expected) / (atol + bounds.ofAll);
    this.maxOfTolerance = Math.max(this.maxOfTolerance, used);
    if (used > 1)
      this.differ(name, `${formatShape(expected.shape)} is off by ${used.toFixed(2)} times the noise of its format`);
  }

  /** One number; the strings "NaN", "Infinity" and "-Infinity" stand for themselves. */
  number(name: string, got: unknown, expected: unknown, tolerance: Tolerance): void {
    const [a, b] = [toNumber(got), toNumber(expected)];
    if (a === undefined || b === undefined) return this.exact(name, got, expected);
    const used = this.#measure(a, b, tolerance);
    if (used > 1 || Number.isNaN(used)) this.differ(name, `is ${a}, expected ${b}`);
  }

  /** Numbers by name; the names must be the same. */
  numbers(
    name: string,
    got: Readonly<Record<string, unknown>>,
    expected: Readonly<Record<string, unknown>>,
    tolerance: Tolerance,
  ): void {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
      if (!(key in got)) this.differ(`${name}.${key}`, "is missing");
      else if (!(key in expected)) this.differ(`${name}.${key}`, "is not expected");
      else this.number(`${name}.${key}`, got[key], expected[key], tolerance);
    }
  }

  /** Any JSON value: numbers within the tolerance, everything else exactly, lists and maps by their entries. */
  value(name: string, got: unknown, expected: unknown, tolerance: Tolerance): void {
    if (typeof expected === "number" && Number.isInteger(expected) && tolerance === DOUBLE_PRECISION)
      return this.number(name, got, expected, EXACT);
    if (typeof expected === "number") return this.number(name, got, expected, tolerance);
    if (Array.isArray(expected)) {
      const list = toList(got);
      if (list === undefined || list.length !== expected.length) return this.exact(name, got, expected);
      return expected.forEach((entry, i) => this.value(`${name}.${i}`, list[i], entry, tolerance));
    }
    if (isMap(expected) && isMap(got)) {
      for (const key of Object.keys(expected)) this.value(`${name}.${key}`, got[key], expected[key], tolerance);
      return;
    }
    this.exact(name, got, expected);
  }

  exact(name: string, got: unknown, expected: unknown): void {
    this.count++;
    const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
    if (a !== b) this.differ(name, `is ${brief(a)}, expected ${brief(b)}`);
  }

  /** Takes over what another comparison found. */
  join(other: Comparison): void {
    this.differences.push(...other.differences);
    this.maxError = Math.max(this.maxError, other.maxError);
    this.maxOfTolerance = Math.max(this.maxOfTolerance, other.maxOfTolerance);
    this.count += other.count;
  }

  /** The call must fail. */
  fails(name: string, call: () => unknown): void {
    this.count++;
    try {
      call();
    } catch {
      return;
    }
    this.differ(name, "must fail and did not");
  }

  differ(name: string, what: string): void {
    this.differences.push(`${name} ${what}`);
  }

  /** Share of the tolerance that a pair uses; NaN when one is NaN or infinite and the other is not the same. */
  #measure(got: number, expected: number, { rtol, atol }: Tolerance): number {
    this.count++;
    if (Object.is(got, expected) || got === expected || (Number.isNaN(got) && Number.isNaN(expected))) return 0;
    const error = Math.abs(got - expected);
    if (!Number.isFinite(error)) return NaN;
    const used = error / (atol + rtol * Math.abs(expected));
    this.maxError = Math.max(this.maxError, error);
    this.maxOfTolerance = Math.max(this.maxOfTolerance, used);
    return used;
  }
}

function shapeOf({ shape }: HostArray): string {
  return shape.length === 0 ? "1" : shape.join();
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^(NaN|-?Infinity)$/.test(value) ? Number(value) : undefined;
}

function toList(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
    ? [...value]
    : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function brief(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
