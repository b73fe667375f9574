/** Image files to pixels, with sharp (libvips). Decoding only: sharp's own resize differs from Pillow's. */
import { readFile } from "node:fs/promises";
import { L3mError } from "@l3m/errors";
import sharp from "sharp";
import type { Image } from "./image.ts";

// One image per thread: the loader's own workers are the parallelism, and every image is seen once per epoch.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes JPEG, PNG, WebP, GIF, TIFF, AVIF or SVG. As PIL's `convert("RGB")`: grey becomes RGB, alpha is dropped, colour
 * profiles and EXIF orientation are not applied. Throws `L3M_BAD_SAMPLE` for truncated, damaged or other content.
 */
export async function decodeImage(bytes: Uint8Array, file: string): Promise<Image> {
  try {
    const image = sharp(bytes, { failOn: "error", ignoreIcc: true }).removeAlpha().toColourspace("srgb");
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const rgb =
      info.channels === 3
        ? new Uint8Array(data.buffer, data.byteOffset, data.length)
        : repeatChannel(data, info.channels);
    return { data: rgb, height: info.height, width: info.width };
  } catch (cause) {
    throw badImage(file, "The image cannot be decoded.", cause);
  }
}

/** Reads and decodes a file. Throws `L3M_BAD_SAMPLE` if either fails. */
export async function readImage(file: string): Promise<Image> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw badImage(file, "The image file cannot be read.", cause);
  }
  return decodeImage(bytes, file);
}

function repeatChannel(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) rgb.fill(data[i * channels] ?? 0, i * 3, i * 3 + 3);
  return rgb;
}

// libvips keeps one error text for all threads: under load it may be gone by the time sharp asks for it ("Unknown error").
function badImage(file: string, message: string, cause: unknown): L3mError {
  return new L3mError("L3M_BAD_SAMPLE", {
    message,
    where: { file },
    expected: "a whole JPEG, PNG, WebP, GIF, TIFF, AVIF or SVG image",
    got: cause instanceof Error && cause.message !== "Unknown error" ? cause.message : "truncated or damaged content",
    fix: "Replace the file, or remove its line from the captions.",
    cause,
  });
}
