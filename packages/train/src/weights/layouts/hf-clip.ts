/**
 * CLIP as Hugging Face's `transformers` names it (`CLIPModel`, and its towers alone). Here: `vision-patchify/openai-clip-vit-processor`
 * without a bias in its patch embedding, `text-embed/cls-text-preprocessor` without a class token, trunks with biases,
 * `core/quick-gelu` and a final norm, `clip-loss/clip-head`. The token that the text tower reads is the end of text.
 */
import type { NameRule, WeightLayout } from "./layout.ts";

const BLOCKS: readonly NameRule[] = [
  ...["q_proj", "k_proj", "v_proj"].map((part) => ({
    theirs: `encoder.layers.{i}.self_attn.${part}.{k}`,
    ours: `trunk.blocks.{i}.attn.${part}.{k}`,
  })),
  { theirs: "encoder.layers.{i}.self_attn.out_proj.{k}", ours: "trunk.blocks.{i}.attn.proj.{k}" },
  { theirs: "encoder.layers.{i}.layer_norm1.{k}", ours: "trunk.blocks.{i}.norm_1.{k}" },
  { theirs: "encoder.layers.{i}.layer_norm2.{k}", ours: "trunk.blocks.{i}.norm_2.{k}" },
  { theirs: "encoder.layers.{i}.mlp.fc1.{k}", ours: "trunk.blocks.{i}.mlp.fc1.{k}" },
  { theirs: "encoder.layers.{i}.mlp.fc2.{k}", ours: "trunk.blocks.{i}.mlp.fc2.{k}" },
];

const SCALE: NameRule = { theirs: "logit_scale", ours: "head.log_logit_scale", rank: 0, outside: true };

export const hfClip: WeightLayout = {
  name: "hf-clip",
  signature: [
    "vision_model.encoder.layers.0.self_attn.q_proj.weight",
    "text_model.encoder.layers.0.self_attn.q_proj.weight",
  ],
  ignored: ["*.position_ids"],
  absent: ["*max_log_logit_scale"],
  towers: [
    {
      prefix: "vision_model.",
      theirMarker: "embeddings.patch_embedding.weight",
      ourMarker: "preprocessor.patchifier.proj.weight",
      rules: [
        { theirs: "embeddings.class_embedding", ours: "preprocessor.cls_token", rank: 1 },
        { theirs: "embeddings.patch_embedding.{k}", ours: "preprocessor.patchifier.proj.{k}" },
        { theirs: "embeddings.position_embedding.weight", ours: "preprocessor.pos_embed", rank: 2 },
        { theirs: "pre_layrnorm.{k}", ours: "preprocessor.patchifier.norm.{k}" }, // their spelling
        ...BLOCKS,
        { theirs: "post_layernorm.{k}", ours: "trunk.post_trunk_norm.{k}" },
        { theirs: "visual_projection.weight", ours: "head.linear.weight", outside: true },
        SCALE,
      ],
    },
    {
      prefix: "text_model.",
      theirMarker: "embeddings.token_embedding.weight",
      ourMarker: "preprocessor.text_embedding.weight",
      rules: [
        { theirs: "embeddings.token_embedding.weight", ours: "preprocessor.text_embedding.weight" },
        { theirs: "embeddings.position_embedding.weight", ours: "preprocessor.positional_embedding", rank: 2 },
        ...BLOCKS,
        { theirs: "final_layer_norm.{k}", ours: "trunk.post_trunk_norm.{k}" },
        { theirs: "text_projection.weight", ours: "head.linear.weight", outside: true },
        SCALE,
      ],
    },
  ],
};
