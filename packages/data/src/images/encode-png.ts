/** 8-bit RGB pixels as a PNG file, for pages that people look at. */
import sharp from "sharp";

/** @param image bytes `[H, W, 3]` */
export function encodePng(image: { readonly data: Uint8Array; readonly shape: readonly number[] }): Promise<Buffer> {
  const [height = 0, width = 0] = image.shape;
  return sharp(image.data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
