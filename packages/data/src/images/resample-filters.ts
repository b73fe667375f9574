/** Interpolation kernels of Pillow. Source: python-pillow/Pillow `src/libImaging/Resample.c`. */

/** A kernel and the distance from which on it is zero. */
export interface ResampleFilter {
  readonly support: number;
  weight(distance: number): number;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** The kernels by name. */
export const RESAMPLE_FILTERS = {
  bilinear: { support: 1, weight: (x) => (Math.abs(x) < 1 ? 1 - Math.abs(x) : 0) },
  bicubic: {
    support: 2,
    weight(distance) {
      const x = Math.abs(distance);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    },
  },
  lanczos: { support: 3, weight: (x) => (-3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Record<string, ResampleFilter>;

/** `bilinear`, `bicubic` or `lanczos`. */
export type Interpolation = keyof typeof RESAMPLE_FILTERS;

/** Names of all kernels, for option schemas. */
export const INTERPOLATIONS = ["bilinear", "bicubic", "lanczos"] as const satisfies readonly Interpolation[];
