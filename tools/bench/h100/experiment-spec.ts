/**
 * What an experiment computes, as plain data: enough for a program in another language to take the same step. Weights go by
 * their names, which are those of a PyTorch state dict.
 */
import type { Training } from "@l3m/train";
import type { Experiment } from "@l3m/train";
import { type ConfigNode, nameOf, nodesWith } from "./config-nodes.ts";
import { modelFlops } from "./model-flops.ts";
import { type ModelInputs, modelInputs } from "./synthetic-batch.ts";

/** One stack of transformer blocks; its weights are `<prefix>.blocks.<i>.*`. */
export interface TowerSpec {
  readonly prefix: string;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly causal: boolean;
  readonly norm: "rms" | "layer";
  readonly eps: number;
  /** Base of the wavelengths of rotary positions (halves rotated against each other); absent without them. */
  readonly rope?: number;
  /** T, tokens of a sample that pass the blocks. */
  readonly tokens: number;
}

export interface ExperimentSpec {
  readonly name: string;
  readonly kind: "llm" | "clip";
  /** Samples of one optimizer step, and the number of equal parts that they are computed in. */
  readonly batch: number;
  readonly accumulation: number;
  /** What the model computes in; masters and optimizer state are f32. */
  readonly precision: "f32" | "bf16";
  readonly inputs: ModelInputs;
  readonly towers: readonly TowerSpec[];
  readonly optimizer: {
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly gradClip: number | null;
    readonly groups: readonly {
      readonly weightDecay: number;
      readonly lrScale: number;
      readonly params: readonly string[];
    }[];
  };
  /** Shape of every parameter by name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Learning rate of each step. */
  readonly lr: readonly number[];
  readonly parameters: number;
  /** Floating-point operations of one optimizer step by the rule of model-flops.ts. */
  readonly flops: number;
}

/** Describes the first `steps` steps of a run of `horizon` steps. */
export function experimentSpec(
  experiment: Experiment,
  training: Training,
  { steps, horizon }: { readonly steps: number; readonly horizon: number },
): ExperimentSpec {
  const { config } = experiment;
  const { meta_model: model } = config.model;
  const inputs = modelInputs(model, config.loss);
  const names = training.model.params.map(({ path }) => path);
  const towers = nodesWith(model, "num_blocks", "attn_target").map(({ path, node }) =>
    towerSpec(path, node, inputs, names),
  );
  const optimizer: ConfigNode = typeof config.optim.optimizer === "string" ? {} : config.optim.optimizer;
  const batch = config.data.train.batch_size;
  const { precision } = config.experiment;
  return {
    name: config.experiment.name,
    kind: inputs.image === undefined ? "llm" : "clip",
    batch,
    accumulation: config.optim.gradient_accumulation_steps,
    precision: typeof precision === "string" ? precision : precision.compute,
    inputs,
    towers,
    optimizer: {
      betas: (optimizer["betas"] ?? [0.9, 0.999]) as [number, number],
      eps: Number(optimizer["eps"] ?? 1e-8),
      gradClip: config.optim.grad_clip,
      groups: training.plan.groups.map(({ weightDecay, lrScale, params }) => ({
        weightDecay,
        lrScale,
        params: params.map(({ path }) => path),
      })),
    },
    shapes: Object.fromEntries(training.model.params.map(({ path, shape }) => [path, shape])),
    lr: Array.from({ length: steps }, (_, step) => training.schedule(step / horizon)),
    parameters: training.model.params.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    flops: modelFlops(training.model.params, towers, inputs) * batch,
  };
}

function towerSpec(prefix: string, node: ConfigNode, inputs: ModelInputs, names: readonly string[]): TowerSpec {
  const attention = node["attn_target"] as ConfigNode;
  const rope = attention["rope_pos_embed"] ?? attention["rope"];
  const norm = node["norm_layer"] as ConfigNode | string | undefined;
  const owner = prefix.slice(0, Math.max(0, prefix.lastIndexOf(".")));
  const own = names.filter((name) => name.startsWith(owner));
  const seesImage = own.some((name) => name.includes("patchifier"));
  const hasClass = own.some((name) => name.endsWith("cls_token"));
  const { image, text } = inputs;
  const places = seesImage && image !== undefined ? (image.size / image.patch) ** 2 : (text?.length ?? 0);
  const dropped = image === undefined ? 1 : 0; // a language model's last token is only a label
  return {
    prefix,
    width: Number(node["embed_dim"]),
    depth: Number(node["num_blocks"]),
    heads: Number(attention["num_heads"]),
    causal: attention["is_causal"] === true,
    norm: nameOf(norm, "norm").includes("rms") ? "rms" : "layer",
    eps: Number((typeof norm === "object" ? norm["eps"] : undefined) ?? 1e-5),
    ...(typeof rope === "object" && rope !== null && { rope: Number((rope as ConfigNode)["theta"] ?? 10_000) }),
    tokens: places + (hasClass ? 1 : 0) - dropped,
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
