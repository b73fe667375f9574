/** One file out of a tar archive (POSIX ustar, as npm writes it). */

const BLOCK = 512;

/** The content of the entry whose path, without its first folder, is `path`; undefined if there is none. */
export function readTarEntry(archive: Buffer, path: string): Buffer | undefined {
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    const name = textOf(header, 0, 100);
    if (name === "") return undefined;
    const prefix = textOf(header, 345, 155);
    const size = parseInt(textOf(header, 124, 12).trim(), 8) || 0;
    const full = prefix === "" ? name : `${prefix}/${name}`;
    if (full.slice(full.indexOf("/") + 1) === path) return archive.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

function textOf(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end < 0 ? length : end);
}
