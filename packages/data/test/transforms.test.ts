/** Transforms, built by name as a config does, against direct formulas and Pillow's goldens. */
import { createHash } from "node:crypto";
import { build, type ConfigNode, Registry, type Sample, type SampleRng } from "@l3m/core";
import { describe, expect, it } from "vitest";
import dataPlugin, { resample, sampleRng, type TensorField } from "../src/index.ts";
import { pattern } from "./pattern.ts";

const registry = new Registry([dataPlugin]);

async function apply(
  nodes: readonly ConfigNode[],
  sample: Sample,
  rng: SampleRng = sampleRng(0, 0, 0),
): Promise<Sample> {
  let out = sample;
  for (const node of nodes) out = await build(registry, "transform", node).product(out, rng);
  return out;
}

function imageSample(height: number, width: number): Sample {
  return { image: { data: pattern(height, width).data, shape: [height, width, 3] } };
}

function image(sample: Sample): TensorField {
  const field = sample["image"];
  if (typeof field !== "object") throw new TypeError("no image");
  return field;
}

/** A generator that gives the numbers of a list, to compare a transform with its formula. */
function listed(...numbers: readonly number[]): SampleRng {
  const left = [...numbers];
  const next = (): number => left.shift() ?? 0;
  return { uint32: next, float: next, below: next, fork: () => listed() };
}

/** Every value of `[C, H, W]` with its place. */
function values(field: TensorField): { value: number; c: number; y: number; x: number }[] {
  const [, height = 0, width = 0] = field.shape;
  return Array.from(field.data, (value, i) => ({
    value,
    c: Math.floor(i / height / width),
    y: Math.floor(i / width) % height,
    x: i % width,
  }));
}

describe("the evaluation chain of ml-l3m", () => {
  it("gives torchvision's bytes for Resize(32, bicubic) and CenterCrop(28)", async () => {
    const out = image(
      await apply(
        [
          { transform: "data/resize", size: 32, interpolation: "bicubic" },
          { transform: "data/center-crop", size: 28 },
        ],
        imageSample(40, 61),
      ),
    );
    expect(out.shape).toEqual([28, 28, 3]);
    expect([...out.data.subarray(0, 6)]).toEqual([224, 130, 22, 218, 85, 37]);
    expect(createHash("sha256").update(Uint8Array.from(out.data)).digest("hex")).toBe(
      "e86bed507984a4d00501dbc4188ebe505007dbd7ac1890b044f86d8a21acd441",
    );
  });

  it("gives PyTorch's floats for ToTensor and Normalize", async () => {
    const node = { transform: "data/normalize", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const out = image(await apply(["data/to-tensor", node], imageSample(40, 61)));
    expect(out.shape).toEqual([3, 40, 61]);
    expect([0, 1, 2].map((channel) => out.data[channel * 40 * 61])).toEqual([
      -2.1179039478302, -1.5280112028121948, -0.7935511469841003,
    ]);
  });
});

describe("geometry", () => {
  it("resizes the shorter side and caps the longer one", async () => {
    const shape = async (node: ConfigNode): Promise<readonly number[]> =>
      image(await apply([node], imageSample(40, 61))).shape;
    expect(await shape({ transform: "data/resize", size: 20 })).toEqual([20, 30, 3]);
    expect(await shape({ transform: "data/resize", size: 20, max_size: 25 })).toEqual([16, 25, 3]);
    expect(await shape({ transform: "data/resize", size: [7, 9] })).toEqual([7, 9, 3]);
  });

  it("pads what is too small for a centre crop", async () => {
    const out = image(await apply([{ transform: "data/center-crop", size: [5, 3] }], imageSample(2, 3)));
    expect([...out.data.subarray(0, 9)]).toEqual(new Array(9).fill(0));
    expect([...out.data.subarray(9, 27)]).toEqual([...pattern(2, 3).data]);
  });

  it("mirrors with the probability asked for", async () => {
    const flipped = image(await apply([{ transform: "data/random-horizontal-flip", p: 1 }], imageSample(3, 4)));
    const original = pattern(3, 4).data;
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 4; x++) expect(flipped.data[(y * 4 + x) * 3 + 1]).toBe(original[(y * 4 + 3 - x) * 3 + 1]);
    expect(image(await apply([{ transform: "data/random-horizontal-flip", p: 0 }], imageSample(3, 4))).data).toEqual(
      original,
    );
  });

  it("crops parts of the area and aspect ratio asked for", async () => {
    const node = {
      transform: "data/random-resized-crop",
      size: 8,
      scale: [0.25, 0.25],
      ratio: [1, 1],
      interpolation: "bicubic",
    };
    // area 1/4 of 40 x 40 with ratio 1 is a square of 20; the listed rng then gives top 3, left 11
    const out = image(await apply([node], imageSample(40, 40), listed(0.5, 0.5, 3, 11)));
    expect(out.data).toEqual(
      resample(pattern(40, 40), 8, 8, "bicubic", { top: 3, left: 11, height: 20, width: 20 }).data,
    );
  });

  it("falls back to the largest central part", async () => {
    const node = { transform: "data/random-resized-crop", size: 8, scale: [1, 1], ratio: [1, 1] };
    const out = image(await apply([node], imageSample(10, 50)));
    expect(out.data).toEqual(
      resample(pattern(10, 50), 8, 8, "bilinear", { top: 0, left: 20, height: 10, width: 10 }).data,
    );
  });
});

describe("the augmentations of the quickstart", () => {
  it("scales and shifts as the dense triangular weights of the recipe do", async () => {
    const [height, width] = [32, 24];
    const source = image(await apply(["data/to-tensor"], imageSample(height, width)));
    const [scaleY, shiftY, scaleX, shiftX] = [
      0.92 + 0.18 * 0.9,
      0.072 * (2 * 0.8 - 1),
      0.92 + 0.18 * 0.1,
      0.072 * (2 * 0.1 - 1),
    ];
    const out = image(await apply(["data/random-scale-shift"], { image: source }, listed(0.9, 0.8, 0.1, 0.1)));
    const weight = (o: number, i: number, size: number, scale: number, shift: number): number => {
      const position = (((o + 0.5) / size - 0.5) * scale + shift + 0.5) * size - 0.5;
      return Math.max(0, 1 - Math.abs(position - i));
    };
    for (const { value, c, y, x } of values(out)) {
      let dark = 0; // 1 - x, so that outside is white
      for (let i = 0; i < height; i++) {
        const wy = weight(y, i, height, scaleY, shiftY);
        if (wy === 0) continue;
        for (let j = 0; j < width; j++)
          dark += wy * weight(x, j, width, scaleX, shiftX) * (1 - (source.data[(c * height + i) * width + j] ?? 0));
      }
      expect(value).toBeCloseTo(1 - dark, 5);
    }
  });

  it("does nothing at scale 1 and shift 0", async () => {
    const source = await apply(["data/to-tensor"], imageSample(8, 8));
    const out = image(await apply([{ transform: "data/random-scale-shift", scale: [1, 1], shift: 0 }], source));
    out.data.forEach((value, i) => expect(value).toBeCloseTo(image(source).data[i] ?? NaN, 6));
  });

  it("jitters colours by its formula, without clamping", async () => {
    const source = await apply(["data/to-tensor"], imageSample(4, 4));
    const out = image(await apply(["data/random-color-jitter"], source, listed(1, 0, 0.75, 0.5, 0.25)));
    const gains = [1.1, 1, 0.9];
    for (const { value, c, y, x } of values(out)) {
      const original = image(source).data[c * 16 + y * 4 + x] ?? NaN;
      expect(value).toBeCloseTo((original - 0.5) * 1.2 * (gains[c] ?? 0) + 0.5 - 0.1, 5);
    }
  });

  it("takes the colour out with the probability asked for", async () => {
    const source = await apply(["data/to-tensor"], imageSample(4, 4));
    const grey = image(await apply([{ transform: "data/random-grayscale", p: 1 }], source));
    for (let i = 0; i < 16; i++) {
      const mean = [0, 16, 32].reduce((sum, plane) => sum + (image(source).data[plane + i] ?? NaN), 0) / 3;
      for (const plane of [0, 16, 32]) expect(grey.data[plane + i]).toBeCloseTo(mean, 6);
    }
    expect(await apply([{ transform: "data/random-grayscale", p: 0 }], source)).toBe(source);
  });
});

describe("mistakes", () => {
  it("name the transform, the key and what came", async () => {
    await expect(apply(["data/to-tensor"], { image: "text" })).rejects.toMatchObject({ code: "L3M_BAD_SHAPE" });
    await expect(apply(["data/random-grayscale"], imageSample(2, 2), listed(0))).rejects.toThrowError(
      /data\/random-grayscale.*"image"[\s\S]*u8\[2,2,3\]/,
    );
    await expect(
      apply(
        [{ transform: "data/normalize", mean: [0, 0], std: 1 }],
        await apply(["data/to-tensor"], imageSample(2, 2)),
      ),
    ).rejects.toMatchObject({ code: "L3M_BAD_OPTION" });
  });
});
