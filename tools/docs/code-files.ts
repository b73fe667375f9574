/** The files that a page of documentation shows: code blocks after a comment `<!-- file: NAME -->`, also inside lists. */

/** Text by file name, in the order of the page. */
export function codeFiles(page: string): ReadonlyMap<string, string> {
  const blocks = page.matchAll(/^( *)<!-- file: (\S+) -->\s*```\w*\n([\s\S]*?)\n *```/gm);
  return new Map(
    [...blocks].map(([, indent = "", name = "", code = ""]) => [
      name,
      `${code.replaceAll(new RegExp(`^${indent}`, "gm"), "")}\n`,
    ]),
  );
}
