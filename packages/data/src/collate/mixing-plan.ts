/**
 * Which part of its partner each sample of a batch gets: mixup (Zhang et al. 2017) and CutMix (Yun et al. 2019), drawn in the
 * order of timm. Source: huggingface/pytorch-image-models `timm/data/mixup.py`. B samples, H x W pixels.
 */
import type { SampleRng } from "@l3m/core";
import { betaFrom } from "../rng/beta.ts";

/** Pixel rows `top` to `bottom` and columns `left` to `right`, ends excluded. */
export interface MixBox {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** `share` of a sample stays; the rest is its partner's: all over the image, or the pixels of `box`. */
export interface Mix {
  readonly share: number;
  readonly box?: MixBox;
}

/** How mixing is drawn; names and defaults of the options are timm's. */
export interface MixingOptions {
  readonly mixupAlpha: number;
  readonly cutmixAlpha: number;
  /** Bounds of a box's sides as fractions of the image's, instead of an area of `1 - share`. */
  readonly cutmixMinmax: readonly [number, number] | null;
  readonly prob: number;
  readonly switchProb: number;
  readonly mode: "batch" | "pair" | "elem";
  /** Set the share by the pixels that a box really covers. */
  readonly correctLam: boolean;
  /** Where a box of odd size ends: timm up to 1.0.28 rounds half of it down, later ones up. */
  readonly cutmixHigh: "floor" | "ceil";
}

const UNMIXED: Mix = { share: 1 };

/** The mix of every sample; the partner of sample i is sample B - 1 - i. */
export function drawMixes(
  options: MixingOptions,
  batchSize: number,
  height: number,
  width: number,
  rng: SampleRng,
): readonly Mix[] {
  const box = (share: number): Mix => drawBox(options, share, height, width, rng);
  if (options.mode === "batch") return new Array<Mix>(batchSize).fill(mixOfBatch(options, box, rng));
  if (options.mode === "elem") return mixesOfSamples(options, batchSize, box, rng);
  const half = mixesOfSamples(options, Math.floor(batchSize / 2), box, rng);
  const middle = batchSize % 2 === 0 ? [] : [UNMIXED];
  return [...half, ...middle, ...[...half].reverse()];
}

function mixOfBatch(options: MixingOptions, box: (share: number) => Mix, rng: SampleRng): Mix {
  const { mixupAlpha, cutmixAlpha, prob, switchProb } = options;
  if (rng.float() >= prob) return UNMIXED;
  const cut = mixupAlpha > 0 && cutmixAlpha > 0 ? rng.float() < switchProb : cutmixAlpha > 0;
  const share = betaFrom(rng)(cut ? cutmixAlpha : mixupAlpha);
  return cut && share !== 1 ? box(share) : { share };
}

/** All numbers of one sort are drawn before those of the next, the boxes last. */
function mixesOfSamples(
  options: MixingOptions,
  count: number,
  box: (share: number) => Mix,
  rng: SampleRng,
): readonly Mix[] {
  const { mixupAlpha, cutmixAlpha, prob, switchProb } = options;
  const draw = <T>(one: () => T): T[] => Array.from({ length: count }, one);
  const beta = betaFrom(rng);
  const cut =
    mixupAlpha > 0 && cutmixAlpha > 0
      ? draw(() => rng.float() < switchProb)
      : new Array<boolean>(count).fill(cutmixAlpha > 0);
  const cutShares = cutmixAlpha > 0 ? draw(() => beta(cutmixAlpha)) : [];
  const mixShares = mixupAlpha > 0 ? draw(() => beta(mixupAlpha)) : [];
  const mixed = draw(() => rng.float() < prob);
  return mixed.map((isMixed, i) => {
    const share = isMixed ? Math.fround((cut[i] === true ? cutShares : mixShares)[i] ?? 1) : 1;
    return cut[i] === true && share !== 1 ? box(share) : { share };
  });
}

function drawBox(options: MixingOptions, share: number, height: number, width: number, rng: SampleRng): Mix {
  const { cutmixMinmax, correctLam } = options;
  const box =
    cutmixMinmax === null
      ? boxOfArea(share, height, width, options.cutmixHigh, rng)
      : boxBetween(cutmixMinmax, height, width, options.cutmixHigh, rng);
  const covered = ((box.bottom - box.top) * (box.right - box.left)) / (height * width);
  return { share: correctLam || cutmixMinmax !== null ? 1 - covered : share, box };
}

/** A box with the image's proportions and an area of `1 - share`, around any pixel, cut at the edges. */
function boxOfArea(share: number, height: number, width: number, high: "floor" | "ceil", rng: SampleRng): MixBox {
  const side = Math.sqrt(1 - share);
  const boxHeight = Math.trunc(height * side);
  const boxWidth = Math.trunc(width * side);
  const upper = (size: number): number => Math.floor((high === "ceil" ? size + 1 : size) / 2);
  const y = rng.below(height);
  const x = rng.below(width);
  return {
    top: Math.max(0, y - Math.floor(boxHeight / 2)),
    bottom: Math.min(height, y + upper(boxHeight)),
    left: Math.max(0, x - Math.floor(boxWidth / 2)),
    right: Math.min(width, x + upper(boxWidth)),
  };
}

/** A box whose sides are drawn between fractions of the image's. */
function boxBetween(
  [least, most]: readonly [number, number],
  height: number,
  width: number,
  high: "floor" | "ceil",
  rng: SampleRng,
): MixBox {
  const drawSide = (size: number): number => {
    const [low, end] = [Math.trunc(size * least), Math.trunc(size * most)];
    return low + rng.below(Math.max(1, end - low));
  };
  const boxHeight = drawSide(height);
  const boxWidth = drawSide(width);
  const places = (room: number): number => Math.max(1, high === "ceil" ? room + 1 : room);
  const top = rng.below(places(height - boxHeight));
  const left = rng.below(places(width - boxWidth));
  return { top, bottom: top + boxHeight, left, right: left + boxWidth };
}
