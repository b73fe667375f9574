/** The files that a page of documentation shows: code blocks after a comment `<!-- file: NAME -->`. */

/** Text by file name, in the order of the page. */
export function codeFiles(page: string): ReadonlyMap<string, string> {
  const blocks = page.matchAll(/<!-- file: (\S+) -->\s*```\w*\n([\s\S]*?)\n```/g);
  return new Map([...blocks].map(([, name = "", code = ""]) => [name, `${code}\n`]));
}
