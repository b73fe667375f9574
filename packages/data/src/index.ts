import { definePlugin } from "@l3m/core";
import { defaultCollate } from "./collate/default-collate.ts";
import { imageTextCollate } from "./collate/image-text-collate.ts";
import { mixupCollator } from "./collate/mixup-collator.ts";
import { mixup } from "./collate/mixup.ts";
import { customImageFolder } from "./datasets/custom-image-folder.ts";
import { datasetFolder } from "./datasets/dataset-folder.ts";
import { imageTextFolder } from "./datasets/image-text-folder.ts";
import { imageTextJsonl } from "./datasets/image-text-jsonl.ts";
import { simpleImageTextDataset } from "./datasets/simple-image-text-dataset.ts";
import { simpleTextDataset } from "./datasets/simple-text-dataset.ts";
import { syntheticDataset } from "./datasets/synthetic.ts";
import { textFilesDataset } from "./datasets/text-files.ts";
import { textJsonl } from "./datasets/text-jsonl.ts";
import { datasetWithGenerator } from "./masks/dataset-with-generator.ts";
import { generateMask } from "./masks/generate-mask.ts";
import { randomBinaryChoice } from "./masks/random-binary-choice.ts";
import { randomMasking } from "./masks/random-masking.ts";
import { randomRasterMasking } from "./masks/random-raster-masking.ts";
import { rasterMasking } from "./masks/raster-masking.ts";
import { distinctConcepts } from "./samplers/distinct-concepts.ts";
import { distributedSampler } from "./samplers/distributed-sampler.ts";
import { infiniteDataSampler } from "./samplers/infinite-data-sampler.ts";
import { randomSampler } from "./samplers/random-sampler.ts";
import { sequential } from "./samplers/sequential.ts";
import { shuffled } from "./samplers/shuffled.ts";
import { bpeTokenizer } from "./text/bpe-tokenizer.ts";
import { byteTokenizer } from "./text/byte-tokenizer.ts";
import { classNames } from "./text/class-names.ts";
import { hfTokenizer } from "./text/hf-tokenizer.ts";
import { simpleTokenizer } from "./text/simple-tokenizer.ts";
import { centerCrop } from "./transforms/center-crop.ts";
import { colorJitter } from "./transforms/color-jitter.ts";
import { compose } from "./transforms/compose.ts";
import { normalize } from "./transforms/normalize.ts";
import { oneHot } from "./transforms/one-hot.ts";
import { padToSquare } from "./transforms/pad-to-square.ts";
import { randomApply } from "./transforms/random-apply.ts";
import { randomColorJitter } from "./transforms/random-color-jitter.ts";
import { randomGrayscale } from "./transforms/random-grayscale.ts";
import { randomHorizontalFlip } from "./transforms/random-horizontal-flip.ts";
import { randomResizedCrop } from "./transforms/random-resized-crop.ts";
import { randomScaleShift } from "./transforms/random-scale-shift.ts";
import { resize } from "./transforms/resize.ts";
import { toTensor } from "./transforms/to-tensor.ts";

export { stackSamples } from "./collate/default-collate.ts";
export { collateImageText } from "./collate/image-text-collate.ts";
export { ImageFolderDataset } from "./datasets/image-folder-dataset.ts";
export { ImageTextDataset } from "./datasets/image-text-dataset.ts";
export { prepareDataset, type PreparableDataset, type PrepareProgress } from "./datasets/prepare-dataset.ts";
export { cacheDirectory, makeCacheFolder } from "./files/cache-directory.ts";
export { npmFile, type NpmFile } from "./files/npm-file.ts";
export { listTextFiles, type SizedFile, type TextFileEntry } from "./files/text-file-list.ts";
export { IMAGE_EXTENSIONS, listClassFiles, type ClassFiles } from "./files/image-folder-files.ts";
export { HubTable, type HubSource } from "./hub/hub-table.ts";
export { decodeImage, readImage } from "./images/decode-image.ts";
export { encodePng } from "./images/encode-png.ts";
export { crop, flipHorizontally, type CropBox, type Image } from "./images/image.ts";
export { resample } from "./images/resample.ts";
export type { Interpolation } from "./images/resample-filters.ts";
export { createLoader, type BatchSource, type LoadedBatch, type LoaderOptions } from "./loader/create-loader.ts";
export type { BadSamplePolicy, SkippedSample } from "./loader/make-batch.ts";
export type { BuildPipeline, Pipeline, PipelineRecipe } from "./loader/pipeline.ts";
export { byteRanges, type ByteRange, type TextSplit } from "./packed-text/byte-ranges.ts";
export { jsonlCorpus, type JsonlOptions } from "./packed-text/jsonl-corpus.ts";
export { IGNORED_LABEL, PackedText, type PackedTextOptions } from "./packed-text/packed-text.ts";
export { plainTextCorpus, type PlainTextOptions } from "./packed-text/plain-text-corpus.ts";
export type { TextCorpus, TextPiece } from "./packed-text/text-corpus.ts";
export { philox4x32 } from "./rng/philox.ts";
export { betaFrom } from "./rng/beta.ts";
export { Mt19937 } from "./rng/mt19937.ts";
export { permutation, PhiloxRng, sampleRng } from "./rng/sample-rng.ts";
export { TorchMt19937 } from "./rng/torch-mt19937.ts";
export { torchRandperm } from "./rng/torch-randperm.ts";
export { DistinctConceptsSampler } from "./samplers/distinct-concepts.ts";
export { InfiniteDataSampler, type InfiniteDataOptions } from "./samplers/infinite-data-sampler.ts";
export type { Replica } from "./samplers/replica-options.ts";
export type { SamplerInputs } from "./samplers/sampler-options.ts";
export type { SamplerState } from "./samplers/sampler-state.ts";
export { SequentialSampler, type SequentialOptions } from "./samplers/sequential.ts";
export { ShuffledSampler } from "./samplers/shuffled.ts";
export type { FieldArray, TensorField } from "./tensor-field.ts";
export { BpeTokenizer, type BpeRoles } from "./text/bpe-tokenizer.ts";
export { ByteTokenizer } from "./text/byte-tokenizer.ts";
export { readClassNames } from "./text/class-names.ts";
export { cleanText } from "./text/clean-text.ts";
export { readHuggingFaceFiles, type HuggingFaceFiles } from "./text/hugging-face-files.ts";
export { readMergeFile } from "./text/merge-file.ts";
export { HuggingFaceTokenizer, type HuggingFaceOptions, type RowsOptions } from "./text/hugging-face-tokenizer.ts";
export { padText, type PaddedText } from "./text/pad-text.ts";
export { SimpleTokenizer, type SimpleRowsOptions, type SimpleTokenizerOptions } from "./text/simple-tokenizer.ts";
export {
  formatTokenizer,
  parseTokenizer,
  readTokenizerFile,
  writeTokenizerFile,
  type BpeVocabulary,
} from "./text/tokenizer-file.ts";
export { trainBpe, type TrainBpeOptions } from "./text/train-bpe.ts";
export { drawCropBox } from "./transforms/random-resized-crop.ts";

/** The plugin `data`. */
export default definePlugin({
  namespace: "data",
  module: import.meta.url,
  provides: [
    imageTextFolder,
    imageTextJsonl,
    syntheticDataset,
    textFilesDataset,
    textJsonl,
    customImageFolder,
    datasetFolder,
    simpleImageTextDataset,
    simpleTextDataset,
    datasetWithGenerator,
    randomMasking,
    rasterMasking,
    randomRasterMasking,
    randomBinaryChoice,
    generateMask,
    compose,
    randomApply,
    resize,
    centerCrop,
    padToSquare,
    randomResizedCrop,
    randomHorizontalFlip,
    toTensor,
    randomScaleShift,
    colorJitter,
    oneHot,
    randomColorJitter,
    randomGrayscale,
    normalize,
    sequential,
    shuffled,
    distinctConcepts,
    infiniteDataSampler,
    distributedSampler,
    randomSampler,
    byteTokenizer,
    bpeTokenizer,
    hfTokenizer,
    simpleTokenizer,
    classNames,
    defaultCollate,
    imageTextCollate,
    mixup,
    mixupCollator,
  ],
});
