/** Zero-shot classification of images by prompts. n classes, T templates, E width of the shared space, N tokens of a row. */
import {
  type BuildContext,
  defineMetric,
  type HostArray,
  L3mError,
  slot,
  type Tokenizer,
  topKAccuracy,
} from "@l3m/core";
import * as z from "zod";
import { dot, normalised, Rows } from "./rows.ts";

const template = z.string().includes("{}");

const options = z.strictObject({
  read_key: z.string().default("image_embed").describe("Key of the image embeddings [B, E]; their length is free."),
  target_read_key: z.string().default("target").describe("Key of the classes: int32 [B], or rows [B, n] (argmax)."),
  topk: z.array(z.int().positive()).min(1).default([1, 5]).describe("Depths k; above n they count as n."),
  hparam_pattern: z
    .string()
    .nullable()
    .default(null)
    .describe("For a grid of probes: what their names begin with, as a regular expression."),
  class_names: z
    .union([z.array(z.string()).min(1), z.string().min(1)])
    .describe("Names by class, or a file of them, as data/class-names reads it."),
  templates: z
    .union([z.array(template).min(1), z.string().min(1)])
    .default("clip-loss/simple-imagenet-templates")
    .describe("Prompts with {} for the name of a class, or a registered list (clip-loss/imagenet-templates)."),
  text_model: z.string().default("text_encoder").describe("The model that embeds texts, of in-series-meta-models."),
  text_read_key: z.string().default("text").describe("Key under which it takes ids [B, N]."),
  text_write_key: z.string().default("text_embed").describe("Key under which it leaves embeddings [B, E]."),
});

/**
 * Accuracy in percent (`zero_shot_top_1`, ...) of images classified by inner products with class vectors. The vector of a class is
 * the normalised mean of the normalised embeddings of its prompts (Radford et al. 2021, section 3.1.4); the prompts go through
 * the text model anew before every validation. Of equal scores the class with the lower index comes first.
 */
export const clipAccuracy = defineMetric({
  name: "clip-accuracy",
  summary: "Accuracy of images classified by the embeddings of prompts that name the classes.",
  aliases: ["l3m.metrics.accuracy.CLIPAccuracy"],
  positional: ["class_names", "tokenizer"],
  upstream: { imagenet_class_names_path: "class_names" },
  options,
  slots: { tokenizer: slot("tokenizer") },
  build(given, context) {
    const accuracy = topKAccuracy({
      readKey: given.read_key,
      targetReadKey: given.target_read_key,
      topk: given.topk,
      hparamPattern: given.hparam_pattern,
      prefix: "zero_shot_top",
      where: context.where,
      toScores: (images, vectors) => scores(images, vectors as HostArray, given.read_key),
    });
    return {
      ...accuracy,
      queries() {
        const names = namesOf(given.class_names, context);
        const templates = templatesOf(given.templates, context);
        const tokenizer = context.child("tokenizer", given.tokenizer);
        const prompts = templates.flatMap((prompt) => names.map((name) => prompt.replaceAll("{}", () => name)));
        return {
          model: given.text_model,
          inputs: { [given.text_read_key]: tokenRows(prompts, tokenizer, context.where) },
          reads: given.text_write_key,
          prepare: (answers) => classVectors(answers, names.length, given.text_write_key),
        };
      },
    };
  },
});

function namesOf(given: string | readonly string[], context: BuildContext): readonly string[] {
  if (typeof given !== "string") return given;
  const reader = context.slotRef("function", { function: "data/class-names", file: given }, "class_names");
  return context.child("class_names", reader).call() as readonly string[];
}

function templatesOf(given: string | readonly string[], context: BuildContext): readonly string[] {
  if (typeof given !== "string") return given;
  const list = context.child("templates", context.slotRef("function", given, "templates")).call();
  if (z.array(template).min(1).safeParse(list).success) return list as string[];
  throw new L3mError("L3M_BAD_OPTION", {
    message: `"${given}" gives no prompts.`,
    where: { path: `${context.where}.templates` },
    expected: "a function whose value is a list of texts with {}",
    got: typeof list,
    fix: "Name clip-loss/imagenet-templates, or list prompts here.",
  });
}

/** int32 `[prompts, N]`. */
function tokenRows(prompts: readonly string[], tokenizer: Tokenizer, where: string): HostArray {
  const rows = tokenizer.rows?.(prompts);
  if (rows !== undefined) return { data: Int32Array.from(rows.flat()), shape: [rows.length, rows[0]?.length ?? 0] };
  throw new L3mError("L3M_BAD_OPTION", {
    message: "Prompts become rows of one length, which this tokenizer does not make.",
    where: { path: `${where}.tokenizer` },
    expected: "a tokenizer that knows the context length",
    got: "one without",
    fix: "Use data/hf-tokenizer, which reads any tokenizer.json, with the context_length of the text model.",
  });
}

/** Unit vectors float `[n, E]` from embeddings float `[T n, E]`, template by template. */
function classVectors(embeddings: HostArray, n: number, key: string): HostArray {
  const rows = new Rows(key);
  rows.add(embeddings);
  const E = embeddings.shape[1] ?? 0;
  const vectors = new Float32Array(n * E);
  for (let c = 0; c < n; c++) {
    const sum = new Float64Array(E);
    for (let row = c; row < rows.count; row += n)
      for (const [e, value] of normalised(rows.row(row)).entries()) sum[e] = (sum[e] as number) + value;
    vectors.set(normalised(sum), c * E); // the mean has the direction of the sum
  }
  return { data: vectors, shape: [n, E] };
}

/** float `[B, n]`. */
function scores(images_BE: HostArray, vectors_nE: HostArray, key: string): HostArray {
  const images = new Rows(key);
  images.add(images_BE);
  const classes = new Rows("class vectors");
  classes.add(vectors_nE);
  const [B, n] = [images.count, classes.count];
  const data = Float32Array.from({ length: B * n }, (_, i) => dot(images.row(Math.floor(i / n)), classes.row(i % n)));
  return { data, shape: [B, n] };
}
