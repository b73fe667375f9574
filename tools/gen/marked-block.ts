/** A generated part of a hand-written page, between `<!-- name:begin -->` and `<!-- name:end -->`. */
import { invariant } from "@l3m/errors";

/** The page with `block` between the markers of `name`; they must be there. */
export function embedBlock(page: string, name: string, block: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  invariant(from >= 0 && to > from, `the page has no ${begin} ... ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${block.trim()}\n\n${page.slice(to)}`;
}
