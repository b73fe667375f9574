/** Colours of 8-bit images against Pillow's, and transforms that hold others. */
import { build, type ConfigNode, Registry, type Sample, type SampleRng } from "@l3m/core";
import { describe, expect, it } from "vitest";
import dataPlugin, { sampleRng, type TensorField } from "../src/index.ts";
import { pattern } from "./pattern.ts";

const registry = new Registry([dataPlugin]);

/** A generator that gives these numbers, one after the other, and fails beyond them. */
function listed(...numbers: readonly number[]): SampleRng {
  const left = [...numbers];
  const next = (): number => {
    const number = left.shift();
    if (number === undefined) throw new RangeError("one number too many");
    return number;
  };
  const rng: SampleRng = { uint32: next, float: next, below: next, fork: () => rng };
  return rng;
}

async function apply(node: ConfigNode, rng: SampleRng): Promise<TensorField> {
  const sample: Sample = { image: { data: pattern(40, 61).data, shape: [40, 61, 3] } };
  const { image } = await build(registry, "transform", node).product(sample, rng);
  if (typeof image !== "object") throw new TypeError("no image");
  return image;
}

function pixel({ data }: TensorField, y: number, x: number): number[] {
  return [...data.subarray((y * 61 + x) * 3, (y * 61 + x) * 3 + 3)];
}

/** The order 0, 1, 2, 3 takes three draws of 0. */
const IN_ORDER = [0, 0, 0];

describe("color-jitter", () => {
  // torchvision's adjust_* of the same image, whose pixel (3, 5) is (101, 130, 159)
  it.each<[Readonly<Record<string, unknown>>, number[]]>([
    [{ brightness: [1.3, 1.3] }, [131, 169, 206]],
    [{ contrast: [0.7, 0.7] }, [109, 129, 149]],
    [{ saturation: [1.15, 1.15] }, [97, 130, 164]],
    [{ hue: [-0.07, -0.07] }, [101, 154, 159]],
    [{ hue: [0.07, 0.07] }, [101, 108, 159]],
    [{ brightness: [0, 0] }, [0, 0, 0]],
    [{ saturation: [0, 0] }, [125, 125, 125]],
    [{}, [101, 130, 159]],
  ])("with %j", async (options, expected) => {
    const draws = Object.keys(options).length === 0 ? [] : [0.5];
    const node = { _target_: "torchvision.transforms.ColorJitter", ...options };
    expect(pixel(await apply(node, listed(...IN_ORDER, ...draws)), 3, 5)).toEqual(expected);
  });

  it("draws the order, then the factors from brightness to hue, and applies them in that order", async () => {
    const all = { transform: "data/color-jitter", brightness: 0.4, hue: 0.1 };
    // order 3, 0, 1, 2: hue first; factors 0.6 + 0.8 * 0.25 and -0.1 + 0.2 * 0.85
    const out = await apply(all, listed(3, 2, 1, 0.25, 0.85));
    const hue = await apply({ transform: "data/color-jitter", hue: [0.07, 0.07] }, listed(...IN_ORDER, 0));
    const [red = 0, green = 0, blue = 0] = pixel(hue, 3, 5);
    const dark = Math.fround(Math.fround(0.6) + Math.fround(0.25 * Math.fround(0.8)));
    expect(pixel(out, 3, 5)).toEqual([red, green, blue].map((byte) => Math.trunc(Math.fround(byte * dark))));
  });

  it("refuses hues beyond half a turn and ranges upside down", () => {
    const node = { transform: "data/color-jitter" };
    expect(() => build(registry, "transform", { ...node, hue: 0.6 })).toThrowError(/L3M_BAD_OPTION/);
    expect(() => build(registry, "transform", { ...node, contrast: [1, 0.5] })).toThrowError(/L3M_BAD_OPTION/);
  });
});

describe("transforms that hold others", () => {
  const flip = { transform: "data/random-horizontal-flip", p: 1 };

  it("are applied in order", async () => {
    const once = await apply(flip, listed(0));
    const chain = { _target_: "torchvision.transforms.Compose", transforms: [flip, flip, flip] };
    expect((await apply(chain, listed(0, 0, 0))).data).toEqual(once.data);
    expect((await apply({ transform: "data/compose", transforms: [] }, listed())).data).toEqual(pattern(40, 61).data);
  });

  it("draw from generators of their own, whatever others draw", async () => {
    const crop = { transform: "data/random-resized-crop", size: 9 };
    const jitter = { transform: "data/color-jitter", brightness: 0.4 };
    const [plain, jittered] = await Promise.all(
      [flip, jitter].map((first) =>
        apply({ transform: "data/compose", transforms: [first, crop] }, sampleRng(1, 2, 3)),
      ),
    );
    const alone = await apply({ transform: "data/compose", transforms: [{ ...flip, p: 0 }, crop] }, sampleRng(1, 2, 3));
    expect(plain?.shape).toEqual(jittered?.shape);
    expect(plain?.data).not.toEqual(alone.data); // mirrored before the same crop
  });

  it("are applied with the probability asked for", async () => {
    const node = { _target_: "torchvision.transforms.RandomApply", p: 0.8, transforms: [flip] };
    const original = pattern(40, 61).data;
    expect((await apply(node, listed(0.81))).data).toEqual(original);
    expect((await apply(node, listed(Math.fround(0.8), 0))).data).not.toEqual(original); // on equality they are
  });
});
