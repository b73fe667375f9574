/** Decoding and resizing against bytes made with Pillow. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeImage, type Interpolation, readImage, resample } from "../src/index.ts";
import { pattern } from "./pattern.ts";

const fixtures = join(import.meta.dirname, "fixtures");

interface ResampleCase {
  readonly input: [number, number];
  readonly box: [left: number, top: number, right: number, bottom: number] | null;
  readonly output: [number, number];
  readonly filter: Interpolation;
  readonly sha256: string;
  readonly first: number[];
}

interface DecodedFile {
  readonly size: [height: number, width: number];
  readonly sha256: string;
  readonly first: number[];
}

const { cases } = JSON.parse(readFileSync(join(fixtures, "resample.json"), "utf8")) as { cases: ResampleCase[] };
const { files } = JSON.parse(readFileSync(join(fixtures, "decode.json"), "utf8")) as {
  files: Record<string, DecodedFile>;
};

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("resample", () => {
  it.each(cases)(
    "gives Pillow's bytes: $input box $box -> $output $filter",
    ({ input, box, output, filter, sha256: expected, first }) => {
      const image = pattern(...input);
      const cropBox =
        box === null ? undefined : { left: box[0], top: box[1], width: box[2] - box[0], height: box[3] - box[1] };
      const { data } = resample(image, ...output, filter, cropBox);
      expect([...data.subarray(0, 12)]).toEqual(first);
      expect(sha256(data)).toBe(expected);
    },
  );

  it("leaves its input alone", () => {
    const image = pattern(9, 9);
    const before = Uint8Array.from(image.data);
    resample(image, 4, 9, "bicubic").data.fill(0);
    expect(image.data).toEqual(before);
  });
});

describe("decodeImage", () => {
  it.each(Object.entries(files))(
    "gives the bytes of PIL's convert(RGB): %s",
    async (name, { size, sha256: expected, first }) => {
      const { data, height, width } = await readImage(join(fixtures, "images", name));
      expect([height, width]).toEqual(size);
      expect([...data.subarray(0, 12)]).toEqual(first);
      expect(sha256(data)).toBe(expected);
    },
  );

  it.each(["truncated.jpg", "not-an-image.jpg", "missing.jpg"])("refuses %s, naming the file", async (name) => {
    const file = join(fixtures, "images", name);
    await expect(readImage(file)).rejects.toMatchObject({ code: "L3M_BAD_SAMPLE", details: { where: { file } } });
  });

  it("refuses an empty file", async () => {
    await expect(decodeImage(new Uint8Array(), "empty.png")).rejects.toMatchObject({ code: "L3M_BAD_SAMPLE" });
  });
});
