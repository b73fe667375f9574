/** Classified images on disk; behind `custom-image-folder` and `dataset-folder`. */
import { homedir } from "node:os";
import { join } from "node:path";
import { type BuildContext, maybeSlot, type Sample, type SampleRng, type SlotValues, type Transform } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { type ClassFiles, listClassFiles } from "../files/image-folder-files.ts";
import { readImage } from "../images/decode-image.ts";
import type { PrepareProgress, PreparableDataset } from "./prepare-dataset.ts";

/** Transforms that a folder of images takes. */
export const imageFolderSlots = { transform: maybeSlot("transform"), target_transform: maybeSlot("transform") };

/** Samples `{ image: uint8 [H, W, 3], target: class number }`, transformed. An image that cannot be read is an `L3M_BAD_SAMPLE` of `get`. */
export class ImageFolderDataset implements PreparableDataset {
  readonly #root: string;
  readonly #extensions: readonly string[];
  readonly #transform: Transform | undefined;
  readonly #targetTransform: Transform | undefined;
  #found: ClassFiles | undefined;

  constructor(
    root: string,
    extensions: readonly string[],
    transforms: { readonly image?: Transform | undefined; readonly target?: Transform | undefined } = {},
  ) {
    this.#root = root;
    this.#extensions = extensions;
    this.#transform = transforms.image;
    this.#targetTransform = transforms.target;
  }

  /** Lists the files. Throws `L3M_DATA_NOT_FOUND` when there is no class, or one without files. */
  async prepare(progress?: PrepareProgress): Promise<void> {
    this.#found ??= await listClassFiles(this.#root, this.#extensions, progress);
  }

  get length(): number {
    return this.#listed().files.length;
  }

  /** Names of the classes; a `target` is an index into them. */
  get classes(): readonly string[] {
    return this.#listed().classes;
  }

  /** Path (relative to the root) and class number of each item. */
  get samples(): readonly (readonly [path: string, target: number])[] {
    const { files, targets } = this.#listed();
    return files.map((file, i) => [file, targets[i] ?? 0]);
  }

  async get(index: number, rng: SampleRng): Promise<Sample> {
    const { files, targets } = this.#listed();
    const [file, target] = [files[index], targets[index]];
    invariant(file !== undefined && target !== undefined, `the dataset has no item ${index}`);
    const { data, height, width } = await readImage(join(this.#root, file));
    let sample: Sample = { image: { data, shape: [height, width, 3] }, target };
    if (this.#transform !== undefined) sample = await this.#transform(sample, rng.fork("transform"));
    if (this.#targetTransform !== undefined) sample = await this.#targetTransform(sample, rng.fork("target_transform"));
    return sample;
  }

  #listed(): ClassFiles {
    invariant(this.#found !== undefined, "the dataset was used before prepare()");
    return this.#found;
  }
}

/** The data set of a folder as a config gives it; `~` is the home folder. */
export function imageFolderDataset(
  root: string,
  extensions: readonly string[],
  { transform, target_transform: target }: SlotValues<typeof imageFolderSlots>,
  context: BuildContext,
): ImageFolderDataset {
  const expanded = /^~(?=$|[/\\])/.test(root) ? join(homedir(), root.slice(1)) : context.resolveFile(root);
  return new ImageFolderDataset(expanded, extensions, {
    image: transform === null ? undefined : context.child("transform", transform),
    target: target === null ? undefined : context.child("target_transform", target),
  });
}
