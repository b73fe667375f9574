/** 8-bit RGB images: uint8 `[H, W, 3]`, the form between decoding and `to-tensor`. */
import type { Sample } from "@l3m/core";
import { isTensorField, wrongField } from "../tensor-field.ts";

/** A decoded image with its sizes. */
export interface Image {
  /** uint8 `[height, width, 3]`. */
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** A rectangle of whole pixels inside an image. */
export interface CropBox {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The image under `key`. Throws `L3M_BAD_SHAPE` naming `user` if there is none. */
export function imageOf(sample: Sample, key: string, user: string): Image {
  const field = sample[key];
  if (isTensorField(field) && field.data instanceof Uint8Array) {
    const [height, width, channels] = field.shape;
    if (height !== undefined && width !== undefined && channels === 3 && field.shape.length === 3)
      return { data: field.data, height, width };
  }
  throw wrongField(user, key, "u8[H,W,3], a decoded image before data/to-tensor", field);
}

/** The sample with another image under `key`. */
export function withImage(sample: Sample, key: string, image: Image): Sample {
  return { ...sample, [key]: { data: image.data, shape: [image.height, image.width, 3] } };
}

/** The pixels inside `box`, which must lie within the image. */
export function crop(image: Image, box: CropBox): Image {
  const row = box.width * 3;
  const data = new Uint8Array(box.height * row);
  for (let y = 0; y < box.height; y++) {
    const from = ((box.top + y) * image.width + box.left) * 3;
    data.set(image.data.subarray(from, from + row), y * row);
  }
  return { data, height: box.height, width: box.width };
}

/** The image mirrored left to right. */
export function flipHorizontally(image: Image): Image {
  const { width, height, data: source } = image;
  const data = new Uint8Array(source.length);
  for (let y = 0; y < height; y++) {
    let to = y * width * 3;
    for (let from = (y * width + width - 1) * 3; to < (y + 1) * width * 3; from -= 3, to += 3) {
      data[to] = source[from] ?? 0;
      data[to + 1] = source[from + 1] ?? 0;
      data[to + 2] = source[from + 2] ?? 0;
    }
  }
  return { data, height, width };
}
