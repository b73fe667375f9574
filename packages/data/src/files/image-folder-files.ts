/** Images in one folder per class, in the order of torchvision's `ImageFolder`. */
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { L3mError } from "@l3m/errors";

/** Endings of image files, in lower case. */
export const IMAGE_EXTENSIONS: readonly string[] = [
  ".jpg",
  ".jpeg",
  ".png",
  ".ppm",
  ".bmp",
  ".pgm",
  ".tif",
  ".tiff",
  ".webp",
];

/** What lies in the folders. */
export interface ClassFiles {
  /** Names of the folders, sorted by code point. */
  readonly classes: readonly string[];
  /** Paths relative to the root, class by class. */
  readonly files: readonly string[];
  /** Class number of each file. */
  readonly targets: Int32Array;
}

/**
 * Lists the files below `root`/<class> that end in one of `extensions` (any case), following links. Files of a folder come
 * sorted by name, folders of a class by path.
 *
 * @throws L3M_DATA_NOT_FOUND when there is no class, or one without files
 */
export async function listClassFiles(
  root: string,
  extensions: readonly string[] = IMAGE_EXTENSIONS,
  progress?: (done: number, total: number) => void,
): Promise<ClassFiles> {
  const classes = await classFolders(root);
  const endings = extensions.map((extension) => extension.toLowerCase());
  const files: string[] = [];
  const targets: number[] = [];
  const empty: string[] = [];
  for (const [target, name] of classes.entries()) {
    progress?.(target, classes.length);
    const before = files.length;
    for (const folder of (await foldersBelow(root, name)).sort(byCodePoint)) {
      const names = (await entriesOf(join(root, folder))).files.sort(byCodePoint);
      for (const file of names)
        if (endings.some((ending) => file.toLowerCase().endsWith(ending))) files.push(join(folder, file));
    }
    if (files.length === before) empty.push(name);
    for (let i = before; i < files.length; i++) targets.push(target);
  }
  progress?.(classes.length, classes.length);
  if (empty.length === 0) return { classes, files, targets: Int32Array.from(targets) };
  throw new L3mError("L3M_DATA_NOT_FOUND", {
    message: "Some classes have no file.",
    where: { file: root },
    expected: `files that end in ${extensions.join(", ")} in every folder`,
    got: `none in ${empty.slice(0, 5).join(", ")}${empty.length > 5 ? ` and ${empty.length - 5} more` : ""}`,
    fix: "Add images, or remove these folders.",
  });
}

async function classFolders(root: string): Promise<string[]> {
  const { folders } = await entriesOf(root).catch((cause: unknown) => {
    throw noClasses(root, cause instanceof Error ? cause.message : String(cause));
  });
  if (folders.length === 0) throw noClasses(root, "no folder in it");
  return folders.sort(byCodePoint);
}

/** `folder` and all folders below it, relative to `root`. */
async function foldersBelow(root: string, folder: string): Promise<string[]> {
  const { folders } = await entriesOf(join(root, folder));
  const below = await Promise.all(folders.map((name) => foldersBelow(root, `${folder}${sep}${name}`)));
  return [folder, ...below.flat()];
}

async function entriesOf(folder: string): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const isFolder = entry.isSymbolicLink()
      ? await stat(join(folder, entry.name)).then(
          (target) => target.isDirectory(),
          () => false,
        )
      : entry.isDirectory();
    (isFolder ? folders : files).push(entry.name);
  }
  return { files, folders };
}

/** The order of UTF-8 is that of code points; that of JavaScript strings is not. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function noClasses(root: string, got: string): L3mError {
  return new L3mError("L3M_DATA_NOT_FOUND", {
    message: "The folder of the data set has no classes.",
    where: { file: root },
    expected: "a folder with one folder of images for each class",
    got,
    fix: "Correct the path in the config, or put the images there.",
  });
}
