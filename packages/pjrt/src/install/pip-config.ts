/** The index and the wheel folders that pip is set up to use here, so that a mirror is configured once for both. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** The public index, used when nothing else is configured. */
export const PUBLIC_INDEX = "https://pypi.org/simple";

export interface PipSettings {
  /** A simple index (PEP 503 or 691), without a trailing slash. */
  readonly indexUrl: string;
  /** Local folders that may hold the wheels. */
  readonly wheelFolders: readonly string[];
}

/** pip's rules: the environment wins over configuration files, of which the most specific wins. */
export function pipSettings(env: NodeJS.ProcessEnv = process.env): PipSettings {
  const values = new Map<string, string>();
  for (const file of configFiles(env)) readInto(values, file);
  const indexUrl = env["PIP_INDEX_URL"] || values.get("index-url") || PUBLIC_INDEX;
  const links = env["PIP_FIND_LINKS"] || values.get("find-links") || "";
  return {
    indexUrl: indexUrl.replace(/\/+$/, ""),
    wheelFolders: links.split(/\s+/).filter((link) => link.startsWith("/")),
  };
}

/** Least specific first. `PIP_CONFIG_FILE=/dev/null` turns the files off. */
function configFiles(env: NodeJS.ProcessEnv): string[] {
  const chosen = env["PIP_CONFIG_FILE"];
  if (chosen === "/dev/null") return [];
  const home = env["HOME"] ?? homedir();
  const files = [
    "/etc/xdg/pip/pip.conf",
    "/etc/pip.conf",
    path.join(home, ".pip/pip.conf"),
    path.join(env["XDG_CONFIG_HOME"] || path.join(home, ".config"), "pip/pip.conf"),
  ];
  if (env["VIRTUAL_ENV"]) files.push(path.join(env["VIRTUAL_ENV"], "pip.conf"));
  if (chosen) files.push(chosen);
  return files;
}

/** Reads `key = value` lines of the sections that `pip download` looks at; indented lines continue a value. */
function readInto(values: Map<string, string>, file: string): void {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return; // an absent file is the usual case
  }
  let section = "";
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[(.+)\]\s*$/.exec(line);
    const pair = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (header) [section, key] = [header[1] ?? "", undefined];
    else if (pair) {
      key = section === "global" || section === "download" ? (pair[1] ?? "").replaceAll("_", "-") : undefined;
      if (key !== undefined) values.set(key, (pair[2] ?? "").trim());
    } else if (key !== undefined) values.set(key, `${values.get(key) ?? ""} ${line.trim()}`.trim());
  }
}
