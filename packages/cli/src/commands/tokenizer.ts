/** l3m tokenizer train */
import { readFileSync } from "node:fs";
import type { Command } from "@commander-js/extra-typings";
import { trainBpe, writeTokenizerFile } from "@l3m/data";
import { L3mError } from "@l3m/errors";

export function addTokenizerCommand(program: Command): void {
  const tokenizer = program.command("tokenizer").description("Tokenizers.");
  tokenizer
    .command("train")
    .description(
      "Train a byte-level BPE vocabulary; each line of the files is one text. Writes Hugging Face's tokenizer.json.",
    )
    .argument("<files...>", "text files, UTF-8")
    .requiredOption("--vocab <n>", "size of the vocabulary, special tokens and bytes included")
    .requiredOption("-o, --output <file>", "where to write tokenizer.json")
    .option("--special <tokens...>", "special tokens, which get the first ids", ["<pad>", "<eos>"])
    .option("--no-prefix-space", "do not treat the start of a text like the start of a word")
    .action((files, options) => {
      const vocabSize = Number(options.vocab);
      const vocabulary = trainBpe(linesOf(files), {
        vocabSize,
        specialTokens: options.special,
        addPrefixSpace: options.prefixSpace,
      });
      writeTokenizerFile(options.output, vocabulary);
      process.stdout.write(`${options.output}: ${vocabulary.vocab.size} tokens, ${vocabulary.merges.length} merges\n`);
    });
}

function* linesOf(files: readonly string[]): Generator<string> {
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (cause) {
      throw new L3mError("L3M_DATA_NOT_FOUND", {
        message: "The text file cannot be read.",
        where: { file },
        fix: "Check the path.",
        cause,
      });
    }
    for (const line of text.split("\n")) if (line !== "") yield line;
  }
}
