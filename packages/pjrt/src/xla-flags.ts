/** XLA_FLAGS is read once by XLA, which ends the process at a flag that it does not know. So the flags are checked first. */
import { readFileSync } from "node:fs";
import { L3mError } from "@l3m/errors";

const checked = new Set<string>();

/**
 * Checks the syntax of XLA_FLAGS and that every flag's name occurs in the plugin, where XLA keeps its table of flags.
 * A value that does not start with a dash names a file that holds the flags.
 *
 * @throws L3M_BAD_OPTION naming the flag
 */
export function checkXlaFlags(flags: string | undefined, plugin: string): void {
  if (flags === undefined || flags.trim() === "" || checked.has(`${plugin}\n${flags}`)) return;
  const words = splitWords(flags.trim().startsWith("-") ? flags : fileText(flags.trim()));
  const library = readFileSync(plugin);
  for (const word of words) {
    const name = /^--?([A-Za-z_][A-Za-z0-9_]*)(=|$)/.exec(word)?.[1];
    if (name === undefined) throw badFlag(word, "it is not of the form --name=value");
    if (!library.includes(name)) throw badFlag(word, "this plugin's XLA has no such flag");
  }
  checked.add(`${plugin}\n${flags}`);
}

/** Words as XLA splits them: at white space, except inside quotes. */
function splitWords(text: string): string[] {
  return text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
}

function fileText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: `XLA_FLAGS names a file that cannot be read: ${file}`,
      fix: "Flags start with --, for example XLA_FLAGS=--xla_dump_to=/tmp/xla.",
      cause,
    });
  }
}

function badFlag(word: string, got: string): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: `XLA would end this process because of "${word}" in the environment variable XLA_FLAGS`,
    got,
    fix: "Correct or unset XLA_FLAGS.",
  });
}
