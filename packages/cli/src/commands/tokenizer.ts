/** l3m tokenizer train */
import { readFile } from "node:fs/promises";
import type { Command } from "@commander-js/extra-typings";
import { byteRanges, listTextFiles, trainBpe, writeTokenizerFile } from "@l3m/data";
import { L3mError } from "@l3m/errors";

export function addTokenizerCommand(program: Command): void {
  const tokenizer = program.command("tokenizer").description("Tokenizers.");
  tokenizer
    .command("train")
    .description(
      "Train a byte-level BPE vocabulary; each line of the files is one text. Writes Hugging Face's tokenizer.json.",
    )
    .argument("<files...>", "text files, UTF-8; npm:<name>@<version>/<path> for a file of a published package")
    .requiredOption("--vocab <n>", "size of the vocabulary, special tokens and bytes included")
    .requiredOption("-o, --output <file>", "where to write tokenizer.json")
    .option("--special <tokens...>", "special tokens, which get the first ids", ["<pad>", "<eos>"])
    .option("--no-prefix-space", "do not treat the start of a text like the start of a word")
    .option("--held-out <fraction>", "leave out the last bytes, as `split` of data/text-files does")
    .option("--integrity <hash>", "sha512-... of the package, for npm: files")
    .action(async (files, options) => {
      const vocabSize = Number(options.vocab);
      const texts = await linesOf(files, fractionOf(options.heldOut), options.integrity);
      const vocabulary = trainBpe(texts, {
        vocabSize,
        specialTokens: options.special,
        addPrefixSpace: options.prefixSpace,
      });
      writeTokenizerFile(options.output, vocabulary);
      process.stdout.write(`${options.output}: ${vocabulary.vocab.size} tokens, ${vocabulary.merges.length} merges\n`);
    });
}

function fractionOf(heldOut: string | undefined): number | undefined {
  if (heldOut === undefined) return undefined;
  const fraction = Number(heldOut);
  if (fraction > 0 && fraction < 1) return fraction;
  throw new L3mError("L3M_USAGE", {
    message: "--held-out is no fraction.",
    expected: "a number between 0 and 1, for example 0.05",
    got: heldOut,
  });
}

/** Lines of the files that are not empty; without the last bytes when a fraction is held out. */
async function linesOf(
  names: readonly string[],
  heldOut: number | undefined,
  integrity: string | undefined,
): Promise<string[]> {
  const entries = names.map((file) =>
    file.startsWith("npm:") && integrity !== undefined ? { file, integrity } : file,
  );
  const files = await listTextFiles(entries, (path) => path);
  const split = heldOut === undefined ? null : ({ part: "train", held_out: heldOut } as const);
  const lines: string[] = [];
  for (const { path, start, end } of await byteRanges(files, split, "characters")) {
    const text = (await readFile(path)).toString("utf8", start, end);
    for (const line of text.split("\n")) if (line !== "") lines.push(line);
  }
  return lines;
}
