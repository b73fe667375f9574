/**
 * ViT as Hugging Face's `transformers` names it (`ViTModel`, `ViTForImageClassification`). Here: `vision-patchify/vit-preprocessor`
 * with a class token, a trunk with biases, layer norms and a final norm, `heads/extract-cls`, `heads/linear-classifier`.
 */
import type { WeightLayout } from "./layout.ts";

export const hfVit: WeightLayout = {
  name: "hf-vit",
  signature: ["*encoder.layer.0.attention.attention.query.weight"],
  ignored: [],
  absent: [],
  towers: [
    {
      prefix: "vit.",
      theirMarker: "embeddings.patch_embeddings.projection.weight",
      ourMarker: "preprocessor.patchifier.proj.weight",
      rules: [
        { theirs: "embeddings.cls_token", ours: "preprocessor.cls_token" },
        { theirs: "embeddings.position_embeddings", ours: "preprocessor.pos_embed" },
        { theirs: "embeddings.patch_embeddings.projection.{k}", ours: "preprocessor.patchifier.proj.{k}" },
        { theirs: "encoder.layer.{i}.attention.attention.query.{k}", ours: "trunk.blocks.{i}.attn.q_proj.{k}" },
        { theirs: "encoder.layer.{i}.attention.attention.key.{k}", ours: "trunk.blocks.{i}.attn.k_proj.{k}" },
        { theirs: "encoder.layer.{i}.attention.attention.value.{k}", ours: "trunk.blocks.{i}.attn.v_proj.{k}" },
        { theirs: "encoder.layer.{i}.attention.output.dense.{k}", ours: "trunk.blocks.{i}.attn.proj.{k}" },
        { theirs: "encoder.layer.{i}.layernorm_before.{k}", ours: "trunk.blocks.{i}.norm_1.{k}" },
        { theirs: "encoder.layer.{i}.layernorm_after.{k}", ours: "trunk.blocks.{i}.norm_2.{k}" },
        { theirs: "encoder.layer.{i}.intermediate.dense.{k}", ours: "trunk.blocks.{i}.mlp.fc1.{k}" },
        { theirs: "encoder.layer.{i}.output.dense.{k}", ours: "trunk.blocks.{i}.mlp.fc2.{k}" },
        { theirs: "layernorm.{k}", ours: "trunk.post_trunk_norm.{k}" },
        { theirs: "classifier.{k}", ours: "head.linear.{k}", outside: true },
      ],
    },
  ],
};
