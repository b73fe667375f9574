/** N-dimensional convolution (cross-correlation, as everywhere in deep learning). */
import { check } from "../bad-op.ts";
import { operation, type Value } from "../operation.ts";
import { type Precision } from "./dot.ts";

/**
 * One letter per dimension. Input and output: `b` batch, `f` feature, digits for space. Kernel: `i` input feature,
 * `o` output feature. `{ input: "b01f", kernel: "01io", output: "b01f" }` is TensorFlow's NHWC.
 */
export interface ConvolutionLayout {
  readonly input: string;
  readonly kernel: string;
  readonly output: string;
}

/** Lists have one entry per spatial dimension; strides and dilations default to 1, padding to none. */
export interface ConvolutionOptions {
  readonly layout: ConvolutionLayout;
  readonly strides?: readonly number[];
  readonly padding?: readonly (readonly [low: number, high: number])[];
  readonly lhsDilation?: readonly number[];
  readonly rhsDilation?: readonly number[];
  /** Flips the kernel along a spatial dimension. */
  readonly windowReversal?: readonly boolean[];
  readonly featureGroups?: number;
  readonly batchGroups?: number;
  readonly precision?: Precision;
}

/** Slides `rhs` over `lhs`. */
export function convolution(lhs: Value, rhs: Value, options: ConvolutionOptions): Value {
  const name = "stablehlo.convolution";
  const { layout, featureGroups = 1, batchGroups = 1, precision } = options;
  const rank = lhs.type.shape.length;
  const space = Array.from({ length: rank - 2 }, (_, i) => String(i));
  checkLayout(name, layout.input, ["b", "f", ...space]);
  checkLayout(name, layout.kernel, ["i", "o", ...space]);
  checkLayout(name, layout.output, ["b", "f", ...space]);
  check(rhs.type.shape.length === rank && rhs.type.element === lhs.type.element, name, () => [
    "operands must have one rank and element type",
    `rank ${rank} of ${lhs.type.element}`,
    [lhs, rhs],
  ]);

  const ones = space.map(() => 1);
  const {
    strides = ones,
    padding = space.map(() => [0, 0] as const),
    lhsDilation = ones,
    rhsDilation = ones,
    windowReversal = space.map(() => false),
  } = options;
  const input = extents(layout.input, lhs);
  const kernel = extents(layout.kernel, rhs);
  const [batch, feature, kernelIn, kernelOut] = [input("b"), input("f"), kernel("i"), kernel("o")];
  check(feature === kernelIn * featureGroups, name, () => [
    "the kernel takes another number of features",
    `${kernelIn} x ${featureGroups} groups`,
    String(feature),
  ]);
  check(batch % batchGroups === 0 && kernelOut % (featureGroups * batchGroups) === 0, name, () => [
    "groups must divide the batch and the output features",
    `multiples of ${batchGroups} and ${featureGroups}`,
    `${batch} and ${kernelOut}`,
  ]);

  const result: Record<string, number> = { b: batch / batchGroups, f: kernelOut };
  space.forEach((digit, i) => {
    const [low, high] = padding[i] as readonly [number, number];
    const dilated = (input(digit) - 1) * (lhsDilation[i] as number) + 1 + low + high;
    const span = (kernel(digit) - 1) * (rhsDilation[i] as number) + 1;
    result[digit] = Math.max(0, Math.floor((dilated - span) / (strides[i] as number)) + 1);
  });
  const dims = (letters: string) => `[${[...letters].join(", ")}]`;
  return operation({
    name,
    operands: [lhs, rhs],
    result: { shape: [...layout.output].map((letter) => result[letter] as number), element: lhs.type.element },
    attributes: {
      window_strides: strides,
      padding: { pairs: padding },
      lhs_dilation: lhsDilation,
      rhs_dilation: rhsDilation,
      window_reversal: windowReversal,
      dimension_numbers: {
        text: `#stablehlo.conv<${dims(layout.input)}x${dims(layout.kernel)}->${dims(layout.output)}>`,
      },
      feature_group_count: featureGroups,
      batch_group_count: batchGroups,
      ...(precision !== undefined && {
        precision_config: { text: `[#stablehlo<precision ${precision}>, #stablehlo<precision ${precision}>]` },
      }),
    },
  });
}

function checkLayout(name: string, letters: string, expected: readonly string[]): void {
  check([...letters].sort().join("") === [...expected].sort().join(""), name, () => [
    "layout does not name every dimension once",
    expected.join(""),
    letters,
  ]);
}

function extents(letters: string, value: Value): (letter: string) => number {
  return (letter) => value.type.shape[letters.indexOf(letter)] as number;
}
