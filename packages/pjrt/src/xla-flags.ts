/** XLA_FLAGS is read once by XLA, which ends the process at a flag that it does not know. So the flags are checked first. */
import { readFileSync } from "node:fs";
import { didYouMean, L3mError } from "@l3m/errors";

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
  const names = words.map((word) => {
    const name = /^--?([A-Za-z_][A-Za-z0-9_]*)(=|$)/.exec(word)?.[1];
    if (name === undefined) throw badFlag(word, "it is not of the form --name=value");
    return name;
  });
  const unknown = unknownFlags(names, plugin)[0];
  if (unknown !== undefined) {
    const word = words.find((text) => text.includes(unknown)) ?? unknown;
    throw badFlag(word, `this plugin's XLA has no such flag.${suggestFlag(unknown, plugin)}`);
  }
  checked.add(`${plugin}\n${flags}`);
}

/**
 * Checks the names of flags that go with a module, so that a wrong one is found before anything is traced.
 *
 * @throws L3M_BAD_OPTION naming the flag
 */
export function checkFlagNames(names: readonly string[], plugin: string): void {
  const unknown = names.find((name) => !name.startsWith("xla_")) ?? unknownFlags(names, plugin)[0];
  if (unknown === undefined) return;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `this plugin's XLA has no flag "${unknown}".${suggestFlag(unknown, plugin)}`,
    where: { file: plugin },
    fix: "Correct or remove the flag; names are written without dashes, for example xla_gpu_autotune_level.",
  });
}

/** XLA keeps the names in a table of C strings, so each stands between two zero bytes. */
function unknownFlags(names: readonly string[], plugin: string): string[] {
  const doubtful = names.filter((name) => !ALWAYS_KNOWN.has(name));
  if (doubtful.length === 0) return [];
  const library = readFileSync(plugin);
  return doubtful.filter((name) => !library.includes(`\0${name}\0`));
}

/** Set by L3M itself; not worth reading a plugin of 300 MB for. */
const ALWAYS_KNOWN = new Set(["xla_gpu_cuda_data_dir"]);

function suggestFlag(name: string, plugin: string): string {
  const library = readFileSync(plugin);
  const candidates = new Set<string>();
  for (let at = library.indexOf("\0xla_"); at >= 0; at = library.indexOf("\0xla_", at + 1)) {
    const end = library.indexOf(0, at + 1);
    const text = library.toString("latin1", at + 1, Math.min(end, at + 1 + LONGEST_FLAG));
    if (/^xla_[a-z0-9_]+$/.test(text)) candidates.add(text);
  }
  return didYouMean(name, candidates);
}

const LONGEST_FLAG = 120;

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
