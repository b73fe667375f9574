/** Classified images in folders, built as upstream's configs name them. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, type ConfigNode, Registry, validateNode } from "@l3m/core";
import { afterAll, describe, expect, it } from "vitest";
import dataPlugin, {
  createLoader,
  decodeImage,
  ImageFolderDataset,
  listClassFiles,
  prepareDataset,
  sampleRng,
  SequentialSampler,
  type TensorField,
} from "../src/index.ts";

const registry = new Registry([dataPlugin]);
const images = join(import.meta.dirname, "fixtures/images");
const root = mkdtempSync(join(tmpdir(), "l3m-folder-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder of files; a file whose name is that of a fixture has its content. */
function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  for (const [file, fixture] of Object.entries(files)) {
    const path = join(root, name, file);
    mkdirSync(dirname(path), { recursive: true });
    if (fixture === "") writeFileSync(path, "");
    else copyFileSync(join(images, fixture), path);
  }
  return join(root, name);
}

const UPSTREAM = "l3m.data.vision.datasets.image_folder";

describe("the list of files", () => {
  it("follows links, ignores case and other files, and sorts folders by path and classes by code point", async () => {
    const folder = folderOf("order", {
      "a/z.jpg": "",
      "a/sub/y.jpeg": "",
      "a/sub/deep/w.png": "",
      "a/sub-a/x.png": "",
      "b/2.png": "",
      "b/10.PNG": "",
      "b/x.txt": "",
      "\u{ff5e}/1.png": "", // before the next one by code point, after it in UTF-16
      "\u{1f600}/1.png": "",
      "elsewhere.jpg": "",
    });
    symlinkSync(join(folder, "b"), join(folder, "c"));
    const { classes, files, targets } = await listClassFiles(folder);
    expect(classes).toEqual(["a", "b", "c", "\u{ff5e}", "\u{1f600}"]);
    expect(files.map((file, i) => [file, targets[i]])).toEqual([
      ["a/z.jpg", 0],
      ["a/sub/y.jpeg", 0],
      ["a/sub-a/x.png", 0],
      ["a/sub/deep/w.png", 0],
      ["b/10.PNG", 1],
      ["b/2.png", 1],
      ["c/10.PNG", 2],
      ["c/2.png", 2],
      ["\u{ff5e}/1.png", 3],
      ["\u{1f600}/1.png", 4],
    ]);
  });

  it("needs classes, and a file in each", async () => {
    await expect(listClassFiles(join(root, "nowhere"))).rejects.toMatchObject({ code: "L3M_DATA_NOT_FOUND" });
    await expect(listClassFiles(folderOf("flat", { "a.jpg": "" }))).rejects.toThrowError(/one folder of images/);
    const folder = folderOf("empty", { "a/1.jpg": "", "b/1.txt": "" });
    await expect(listClassFiles(folder)).rejects.toThrowError(/none in b/);
  });
});

describe("custom-image-folder", () => {
  const folder = folderOf("pictures", {
    "cat/1.jpg": "photo-444.jpg",
    "cat/2.png": "grey.png",
    "dog/1.webp": "lossless.webp",
  });

  it("gives images and class numbers through upstream's transforms", async () => {
    const node = {
      _target_: `${UPSTREAM}.CustomImageFolder`,
      root: folder,
      transform: {
        _target_: "torchvision.transforms.Compose",
        transforms: [
          { _target_: "torchvision.transforms.Resize", size: 16, interpolation: 3 },
          { _target_: "torchvision.transforms.CenterCrop", size: 8 },
          { _target_: "torchvision.transforms.ToTensor" },
        ],
      },
      target_transform: { _target_: `${UPSTREAM}.one_hot`, _partial_: true, num_classes: 3 },
    };
    expect(validateNode(registry, "dataset", node, "")).toEqual([]);
    const dataset = build(registry, "dataset", node).product;
    await prepareDataset(dataset);
    const sampler = new SequentialSampler({ dataset, batchSize: 3, seed: 0 });
    const collate = build(registry, "collate", "torch.utils.data.default_collate").product;
    const loader = await createLoader({ pipeline: { dataset, transforms: [], collate }, sampler, seed: 0 });
    const batch = (await loader.next())?.batch;
    expect(batch?.tensors["image"]?.shape).toEqual([3, 3, 8, 8]);
    expect(batch?.tensors["target"]).toEqual({ data: Int32Array.of(1, 0, 0, 1, 0, 0, 0, 1, 0), shape: [3, 3] });
  });

  it("gives the pixels of the file when there is no transform", async () => {
    const dataset = new ImageFolderDataset(folder, [".jpg", ".webp"]);
    await prepareDataset(dataset);
    expect(dataset.classes).toEqual(["cat", "dog"]);
    expect(dataset.samples).toEqual([
      ["cat/1.jpg", 0],
      ["dog/1.webp", 1],
    ]);
    const { image, target } = await dataset.get(1, sampleRng(0, 0, 0));
    const decoded = await decodeImage(readFileSync(join(images, "lossless.webp")), "");
    expect((image as TensorField).data).toEqual(decoded.data);
    expect(target).toBe(1);
  });

  it("takes another sample for an image that cannot be read", async () => {
    const broken = folderOf("broken", {
      "a/1.jpg": "truncated.jpg",
      "a/2.jpg": "photo-420.jpg",
      "b/1.jpg": "photo-420.jpg",
    });
    const node: ConfigNode = { dataset: "data/custom-image-folder", root: broken, transform: "data/to-tensor" };
    const dataset = build(registry, "dataset", node).product;
    await prepareDataset(dataset);
    const sampler = new SequentialSampler({ dataset, batchSize: 3, seed: 0 });
    const collate = build(registry, "collate", "data/default-collate").product;
    const skipped: number[] = [];
    const onSkip = ({ index }: { index: number }): void => void skipped.push(index);
    const loader = await createLoader({ pipeline: { dataset, transforms: [], collate }, sampler, seed: 0, onSkip });
    expect((await loader.next())?.batch.tensors["target"]?.shape).toEqual([3]);
    expect(skipped).toEqual([0]);
  });

  it("refuses options that it does not have, and classes that one-hot does not know", async () => {
    const dataset = { dataset: "data/custom-image-folder", root: folder };
    expect(() => build(registry, "dataset", { ...dataset, rot: 1 })).toThrowError(/L3M_UNKNOWN_OPTION/);
    const node = { ...dataset, target_transform: { transform: "data/one-hot", num_classes: 1 } };
    const built = build(registry, "dataset", node).product;
    await prepareDataset(built);
    await expect(async () => built.get(2, sampleRng(0, 0, 0))).rejects.toThrowError(/num_classes above 1/);
  });
});

describe("dataset-folder", () => {
  it("reads images with endings of one's own, in upstream's words too", async () => {
    const folder = folderOf("endings", { "a/1.photo": "photo-420.jpg", "a/2.jpg": "photo-420.jpg" });
    const loader = { _target_: `${UPSTREAM}.pil_loader`, _partial_: true };
    const node = { _target_: `${UPSTREAM}.DatasetFolder`, root: folder, loader, extensions: [".PHOTO"] };
    const dataset = build(registry, "dataset", node).product;
    await prepareDataset(dataset);
    expect(dataset.length).toBe(1);
    expect(() => build(registry, "dataset", { ...node, loader: { _target_: "my.loader" } })).toThrowError(/loader/);
  });
});
