/** Checks every registry node of an experiment against the registry: names, kinds, options. */
import { validateNode, type Kind, type Registry } from "@l3m/core";
import type { L3mError } from "@l3m/errors";
import type { DataSplit, ExperimentConfig, RegistryNode } from "../experiment/experiment-config.ts";
import { formatPath, type ConfigPath } from "../tree/config-path.ts";

/** All mistakes inside the nodes; each has the dotted path of its node, not yet a file position. */
export function checkNodes(experiment: ExperimentConfig, registry: Registry): L3mError[] {
  const { data, model, loss, val_loss, metrics, optim } = experiment;
  const check = (kind: Kind, node: RegistryNode | null, ...path: ConfigPath): L3mError[] =>
    node === null ? [] : validateNode(registry, kind, node, formatPath(path));
  const checkSplit = (split: DataSplit, ...path: ConfigPath): L3mError[] => [
    ...check("dataset", split.dataset, ...path, "dataset"),
    ...split.transforms.flatMap((node, index) => check("transform", node, ...path, "transforms", String(index))),
    ...check("tokenizer", split.tokenizer, ...path, "tokenizer"),
    ...check("sampler", split.sampler, ...path, "sampler"),
    ...check("collate", split.collate, ...path, "collate"),
  ];
  return [
    ...checkSplit(data.train, "data", "train"),
    ...Object.entries(data.val ?? {}).flatMap(([name, split]) => checkSplit(split, "data", "val", name)),
    ...check("block", model.meta_model, "model", "meta_model"),
    ...check("loss", loss, "loss"),
    ...check("loss", val_loss, "val_loss"),
    ...metrics.flatMap((node, index) => check("metric", node, "metrics", String(index))),
    ...check("optimizer", optim.optimizer, "optim", "optimizer"),
    ...check("schedule", optim.scheduler, "optim", "scheduler"),
  ];
}
