/** Float images: float32 `[C, H, W]`, the form after `to-tensor`. */
import type { Sample } from "@l3m/core";
import { isTensorField, wrongField } from "../tensor-field.ts";

/** A float image with its sizes. */
export interface FloatImage {
  /** float32 `[channels, height, width]`. */
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The image under `key`. Throws `L3M_BAD_SHAPE` naming `user` if there is none. */
export function floatImageOf(sample: Sample, key: string, user: string): FloatImage {
  const field = sample[key];
  if (isTensorField(field) && field.data instanceof Float32Array) {
    const [channels, height, width] = field.shape;
    if (channels !== undefined && height !== undefined && width !== undefined && field.shape.length === 3)
      return { data: field.data, channels, height, width };
  }
  throw wrongField(user, key, "f32[C,H,W], an image after data/to-tensor", field);
}

/** The sample with other pixels, of the same shape, under `key`. */
export function withPixels(sample: Sample, key: string, image: FloatImage, data: Float32Array): Sample {
  return { ...sample, [key]: { data, shape: [image.channels, image.height, image.width] } };
}
