/** The dataset of the CLIP quickstart: drawings of emoji with captions. S is the side of an image in pixels. */
import { defineDataset, type Dataset, type Sample, type SampleRng } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { z } from "zod";
import type { Art } from "./art.ts";
import { loadArt } from "./art-cache.ts";
import { CAPTION_DEFAULTS, type CaptionOptions, fullCaption, labelCaption, randomCaption } from "./captions.ts";
import { groupNumber } from "./groups.ts";
import { plainProgress } from "./plain-progress.ts";
import { type SplitName, splitDrawings } from "./split.ts";
import { ATTRIBUTION } from "./styles.ts";

/** What the text of a sample is: drawn anew each time, the label, or the label with its tags. */
export type CaptionForm = "random" | "label" | "full";

/** What a split shows unless the config says otherwise. */
export const SPLIT_CAPTIONS: Readonly<Record<SplitName, CaptionForm>> = {
  train: "random",
  style: "label",
  concept: "full",
};

/** Options of {@link EmojiPairs}. */
export interface EmojiPairsOptions {
  readonly split: SplitName;
  /** S, default 32. */
  readonly imageSize?: number;
  /** Default: random in training, label in `style`, full in `concept`. */
  readonly caption?: CaptionForm;
  readonly captions?: CaptionOptions;
}

/**
 * Samples `{ image: uint8 [S, S, 3], text, target, concept, style }`; `target` is the number of the concept's group, for
 * classifiers. Call `prepare` before anything else: it loads the cached pixels, or draws them once.
 */
export class EmojiPairs implements Dataset {
  readonly credits = [ATTRIBUTION];
  readonly #options: EmojiPairsOptions;
  #art: Art | undefined;
  #drawings: readonly number[] = [];
  #concepts = new Int32Array();

  constructor(options: EmojiPairsOptions) {
    this.#options = options;
  }

  /** Loads or makes the images; a second call does nothing. `progress` defaults to lines on stderr. */
  async prepare(progress?: (done: number, total: number) => void): Promise<void> {
    if (this.#art !== undefined) return;
    const art = await loadArt(
      this.#options.imageSize ?? 32,
      progress ?? plainProgress("emoji-pairs: drawing images once"),
    );
    this.#drawings = splitDrawings(art, this.#options.split);
    this.#concepts = Int32Array.from(this.#drawings, (drawing) => art.drawings[drawing]?.concept ?? -1);
    this.#art = art;
  }

  get length(): number {
    this.#loaded();
    return this.#drawings.length;
  }

  get concepts(): Int32Array {
    this.#loaded();
    return this.#concepts;
  }

  get(index: number, rng: SampleRng): Sample {
    const art = this.#loaded();
    const drawing = this.#drawings[index];
    const key = drawing === undefined ? undefined : art.drawings[drawing];
    const concept = key === undefined ? undefined : art.concepts[key.concept];
    invariant(drawing !== undefined && key !== undefined && concept !== undefined, `emoji-pairs has no item ${index}`);
    const form = this.#options.caption ?? SPLIT_CAPTIONS[this.#options.split];
    const text =
      form === "label"
        ? labelCaption(concept)
        : form === "full"
          ? fullCaption(concept)
          : randomCaption(concept, rng.fork("caption"), this.#options.captions);
    return {
      image: { data: art.pixelsOf(drawing), shape: [art.size, art.size, 3] },
      text,
      target: groupNumber(concept.group),
      concept: key.concept,
      style: key.style,
    };
  }

  #loaded(): Art {
    invariant(this.#art !== undefined, "emoji-pairs was used before prepare()");
    return this.#art;
  }
}

/** The dataset `emoji-pairs/emoji-pairs`. */
export const emojiPairs = defineDataset({
  name: "emoji-pairs",
  summary: "Emoji art in several styles with captions; the test style is never trained on.",
  options: z.strictObject({
    split: z
      .enum(["train", "style", "concept"])
      .describe("Training pairs, training concepts in an unseen style, or unseen concepts in that style."),
    image_size: z.int().min(8).max(512).default(32).describe("Side of an image in pixels."),
    caption: z
      .enum(["random", "label", "full"])
      .nullish()
      .describe("Text of a sample; default random in train, label in style, full in concept."),
    tag_probability: z
      .number()
      .min(0)
      .max(1)
      .default(CAPTION_DEFAULTS.tags)
      .describe("Random captions: probability that tags take part."),
    max_tags: z.int().positive().default(CAPTION_DEFAULTS.maxTags).describe("Random captions: at most so many tags."),
    label_probability: z
      .number()
      .min(0)
      .max(1)
      .default(CAPTION_DEFAULTS.labelled)
      .describe("Random captions with tags: probability that the label stands before them."),
  }),
  build({
    split,
    image_size: imageSize,
    caption,
    tag_probability: tags,
    max_tags: maxTags,
    label_probability: labelled,
  }) {
    return new EmojiPairs({
      split,
      imageSize,
      captions: { tags, maxTags, labelled },
      ...(caption == null ? {} : { caption }),
    });
  },
});
