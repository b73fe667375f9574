/**
 * AIMv2 as Hugging Face's `transformers` names it (`Aimv2Model`, and its towers alone). Here: `vision-patchify/vit-preprocessor`
 * without a class token, its patch embedding with an RMS norm, trunks without biases, with `core/swi-glu-ffn`, `core/rms-norm`
 * and a final norm. The files of the first release (`trunk.blocks.0.attn.qkv.weight`) are in our own layout.
 */
import type { NameRule, WeightLayout } from "./layout.ts";

const BLOCKS: readonly NameRule[] = [
  ...["q_proj", "k_proj", "v_proj"].map((part) => ({
    theirs: `encoder.layers.{i}.attention.${part}.{k}`,
    ours: `trunk.blocks.{i}.attn.${part}.{k}`,
  })),
  { theirs: "encoder.layers.{i}.attention.out_proj.{k}", ours: "trunk.blocks.{i}.attn.proj.{k}" },
  { theirs: "encoder.layers.{i}.rms_norm1.weight", ours: "trunk.blocks.{i}.norm_1.weight" },
  { theirs: "encoder.layers.{i}.rms_norm2.weight", ours: "trunk.blocks.{i}.norm_2.weight" },
  { theirs: "encoder.layers.{i}.ffn.gate_proj.{k}", ours: "trunk.blocks.{i}.mlp.fc1.{k}" },
  { theirs: "encoder.layers.{i}.ffn.down_proj.{k}", ours: "trunk.blocks.{i}.mlp.fc2.{k}" },
  { theirs: "encoder.layers.{i}.ffn.up_proj.{k}", ours: "trunk.blocks.{i}.mlp.fc3.{k}" },
  { theirs: "rms_norm.weight", ours: "trunk.post_trunk_norm.weight" },
];

const SCALE: NameRule = { theirs: "logit_scale", ours: "head.log_logit_scale", rank: 0, outside: true };

export const hfAimv2: WeightLayout = {
  name: "hf-aimv2",
  signature: ["*encoder.layers.0.attention.q_proj.weight"],
  ignored: ["*position_ids"],
  absent: ["*max_log_logit_scale"],
  towers: [
    {
      prefix: "vision_model.",
      theirMarker: "embeddings.patch_embed.weight",
      ourMarker: "preprocessor.patchifier.proj.weight",
      rules: [
        { theirs: "embeddings.patch_embed.{k}", ours: "preprocessor.patchifier.proj.{k}" },
        { theirs: "embeddings.rms_norm.weight", ours: "preprocessor.patchifier.norm.weight" },
        { theirs: "embeddings.position_embedding.weight", ours: "preprocessor.pos_embed", rank: 2 },
        ...BLOCKS,
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
        { theirs: "text_projection.weight", ours: "head.linear.weight", outside: true },
        SCALE,
      ],
    },
  ],
};
