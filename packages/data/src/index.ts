export { ByteTokenizer } from "./text/byte-tokenizer.ts";
export { BpeTokenizer, type BpeRoles } from "./text/bpe-tokenizer.ts";
export { formatTokenizer, parseTokenizer, readTokenizerFile, writeTokenizerFile, type BpeVocabulary } from "./text/tokenizer-file.ts";
export { trainBpe, type TrainBpeOptions } from "./text/train-bpe.ts";
