/** The l3m command: argument parsing, errors, exit codes. Everything else is in the packages below. */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { addCheckCommand } from "./commands/check.ts";
import { addEngineCommand } from "./commands/engine.ts";
import { addImportConfigCommand } from "./commands/import-config.ts";
import { addExportCommand } from "./commands/export.ts";
import { addSchemaCommand } from "./commands/schema.ts";
import { addTokenizerCommand } from "./commands/tokenizer.ts";
import { addTrainCommand } from "./commands/train.ts";
import { printError } from "./terminal/print-error.ts";

/** How a command says how it ended; 0 by default. */
export type SetExitCode = (code: number) => void;

/** Runs the command line and resolves to the exit code: 0, 1 for an error, 130 or 143 for a signal. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0); // the reader (head, less) has seen enough
    throw error;
  });
  const setExitCode: SetExitCode = (code) => void (exitCode = code);
  const program = new Command("l3m")
    .description("Pre-train large multimodal models from one YAML file.")
    .showSuggestionAfterError()
    .exitOverride();
  addTrainCommand(program, setExitCode);
  addCheckCommand(program, setExitCode);
  addImportConfigCommand(program);
  addEngineCommand(program, setExitCode);
  addExportCommand(program);
  addSchemaCommand(program);
  addTokenizerCommand(program);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    printError(error);
    return 1;
  }
  return exitCode;
}
