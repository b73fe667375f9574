/** Which Parquet files of a hub repository hold a split. */
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { askHub, hubEndpoint, type HubRepository } from "./hub-client.ts";

/** The branch to which the hub converts data sets of other formats. */
const CONVERTED = "refs/convert/parquet";

const revisionSchema = z.looseObject({ sha: z.string().min(1) });
const treeSchema = z.array(
  z.looseObject({
    type: z.string(),
    path: z.string(),
    size: z.int().nonnegative().default(0),
    lfs: z.looseObject({ oid: z.string(), size: z.int().nonnegative() }).optional(),
  }),
);

/** Schema of a listing, which is kept: the data of a run does not change under it. */
export const parquetListing = z.strictObject({
  /** The commit that the revision was. */
  commit: z.string(),
  files: z
    .array(z.strictObject({ path: z.string(), size: z.int().nonnegative(), sha256: z.string().nullable() }))
    .min(1),
});

/** The files of a split in order. */
export type ParquetListing = z.infer<typeof parquetListing>;

/**
 * Looks for `<config>/<split>-*.parquet` and the like, in the data set itself and then among what the hub has converted.
 *
 * @param config part of the data set; `default` where it has none
 * @throws L3M_DATA_NOT_FOUND naming the Parquet files that there are
 */
export async function listParquetFiles(
  repository: HubRepository,
  config: string,
  split: string,
): Promise<ParquetListing> {
  const own = await listTree(repository);
  const found = own.files.filter(({ path }) => holdsSplit(path, config, split));
  if (found.length > 0) return { commit: own.commit, files: found };
  const converted = await listTree({ ...repository, revision: CONVERTED }).catch((error: unknown) => {
    if (error instanceof L3mError && error.code === "L3M_DATA_NOT_FOUND") return { commit: "", files: [] };
    throw error;
  });
  const wanted = `${config}/${split}/`;
  const files = converted.files.filter(({ path }) => path.startsWith(wanted));
  if (files.length > 0) return { commit: converted.commit, files };
  const there = [...own.files, ...converted.files].map(({ path }) => path);
  throw new L3mError("L3M_DATA_NOT_FOUND", {
    message: `The data set "${repository.name}" has no Parquet files of this split.`,
    expected: `${config === "default" ? "data" : config}/${split}-*.parquet or ${wanted}*.parquet`,
    got: there.length === 0 ? "no Parquet file at all" : there.slice(0, 8).join(", "),
    fix: "Correct config and split.",
  });
}

/** Parquet files of one revision, sorted by path. */
async function listTree({
  name,
  revision,
}: HubRepository): Promise<{ commit: string; files: ParquetListing["files"] }> {
  const api = `${hubEndpoint()}/api/datasets/${name}`;
  const answer = await askHub(`${api}/revision/${encodeURIComponent(revision)}`);
  const { sha } = await parsed(answer, revisionSchema);
  const files: ParquetListing["files"] = [];
  let next: string | undefined = `${api}/tree/${sha}?recursive=true`;
  while (next !== undefined) {
    const page: Response = await askHub(next);
    for (const { type, path, size, lfs } of await parsed(page, treeSchema))
      if (type === "file" && path.endsWith(".parquet"))
        files.push({ path, size: lfs?.size ?? size, sha256: lfs?.oid ?? null });
    const link = /<([^>]+)>;\s*rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
    next = link === undefined ? undefined : new URL(link, next).href;
  }
  return { commit: sha, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** `train-00000-of-00002.parquet` or `train/0000.parquet`, in the folder of its config. */
function holdsSplit(path: string, config: string, split: string): boolean {
  const parts = path.split("/");
  const file = parts.pop() ?? "";
  const inSplitFolder = parts.at(-1) === split;
  const folder = (inSplitFolder ? parts.slice(0, -1) : parts).join("/");
  const folders = config === "default" ? ["", "data", "default"] : [config, `data/${config}`];
  const named = file.startsWith(split) && /^([-_.]|$)/.test(file.slice(split.length));
  return folders.includes(folder) && (inSplitFolder || named);
}

async function parsed<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  const result = schema.safeParse(await response.json().catch(() => undefined));
  if (result.success) return result.data;
  throw new L3mError("L3M_DOWNLOAD", {
    message: "The Hugging Face hub answered with something else than expected.",
    where: { file: response.url },
    got: result.error.issues[0]?.message ?? "no JSON",
    fix: "Check what HF_ENDPOINT names.",
  });
}
