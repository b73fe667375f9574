/** The generated part of a page, between two comments that a reader does not see. */
const BEGIN = "<!-- packages:begin -->";
const END = "<!-- packages:end -->";

/** The text between the markers, or undefined when the page has none. */
export function extract(page: string): string | undefined {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  return begin < 0 || end < begin ? undefined : page.slice(begin + BEGIN.length, end).trim();
}

/** The page with `block` between its markers; they must be there. */
export function embed(page: string, block: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The page has no ${BEGIN} ... ${END}.`);
  return `${page.slice(0, begin + BEGIN.length)}\n${block}\n${page.slice(end)}`;
}
