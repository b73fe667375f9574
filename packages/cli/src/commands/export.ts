/** l3m export */
import { type Command, Option } from "@commander-js/extra-typings";
import { L3mError } from "@l3m/errors";
import { exportWeights, LAYOUT_NAMES } from "@l3m/train";
import { useToolSettings } from "../tool-settings.ts";
import { terminalReporter } from "../terminal/terminal-reporter.ts";

export function addExportCommand(program: Command): void {
  program
    .command("export")
    .description("Write the weights of a run as safetensors, under PyTorch's names or those of Hugging Face.")
    .argument("<source>", "a run, a checkpoint (step-<n>), or a file of weights (.safetensors, .pth)")
    .requiredOption("--to <file>", "model.safetensors, or a folder for it")
    .addOption(
      new Option("--layout <name>", "whose names and forms the tensors have").choices(LAYOUT_NAMES).default("l3m"),
    )
    .addOption(
      new Option("--dtype <type>", "element type of floats").choices(["f32", "bf16"] as const).default("f32" as const),
    )
    .option("--shard-size <size>", "largest file, as in 5GB or 500MB; more is written in shards with an index", "5GB")
    .option("--overwrite", "replace files that are there")
    .action(async (source, options) => {
      const { terminal } = await useToolSettings();
      const reporter = terminalReporter(terminal.progress);
      try {
        const { dtype, layout, to, overwrite } = options;
        const shardBytes = bytesOf(options.shardSize);
        const written = await exportWeights(source, { to, dtype, layout, shardBytes, overwrite, reporter });
        reporter.info(`read      ${written.source}`);
        reporter.info(`wrote     ${written.tensors} tensors, ${(written.bytes / 1e6).toFixed(1)} MB`);
        for (const file of written.files) reporter.info(`          ${file}`);
      } finally {
        reporter.close();
      }
    });
}

const UNITS: Readonly<Record<string, number>> = { "": 1, KB: 1e3, MB: 1e6, GB: 1e9 };

function bytesOf(size: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*(|KB|MB|GB)$/i.exec(size) ?? [];
  const bytes = Number(digits) * (UNITS[unit.toUpperCase()] ?? 0);
  if (bytes >= 1) return bytes;
  throw new L3mError("L3M_USAGE", {
    message: "--shard-size is no size.",
    expected: "a number of bytes, or one with KB, MB or GB, as in 5GB",
    got: size,
  });
}
