/** Names of ml-l3m's models: blocks, layers, heads, pre- and postprocessors. */
import { all, here, type Names, registered } from "./fate.ts";

const TABLES = "packages/core/src/nn/sincos-table.ts";

export const MODEL_NAMES: Names = {
  "l3m.model.meta_models": {
    ReadWriteClass: here("packages/core/src/contract/products.ts#Products", "plain things have kinds of their own"),
    ReadWriteBlock: here("packages/core/src/data-dict/read-write-block.ts#ReadWriteBlock", {
      tests: ["packages/core/test/containers.test.ts"],
    }),
    ...all("GenericBlock MetaModel InSeriesMetaModels NoGradModel"),
  },
  "l3m.model.utils": all("MultiBlock ShuffleBatchDim"),
  "l3m.model.layers.activation": all("QuickGELU"),
  "l3m.model.layers.normalization": all("LAYER_NORM LayerNormFP32 RMSNorm LPLayerNorm"),
  "l3m.model.layers.ffn": all("MLP GatedFFN SwiGLUFFN GeGELU"),
  "l3m.model.layers.misc": all("GenericSequential GenericIdentity LinearWithCustomInit PerceiverResampler"),
  "l3m.model.layers.peft": all("Adapter LoraAttention"),
  "l3m.model.layers.attention": all(
    "GenericAttention Attention EfficientAttention PrefixCausalAttention AttentionWithMask FlexAttention FlexAttentionWithMask GeneralizedAttention HFAttention HFAttentionWithMask DCLMAttention",
  ),
  "l3m.model.layers.moe": { MoE: registered },
  "l3m.model.layers.tokenizers": {
    ...all("SimpleTokenizer HFTokenizer"),
    "basic_clean whitespace_clean": here("packages/data/src/text/clean-text.ts#cleanText"),
    bytes_to_unicode: here("packages/data/src/text/byte-alphabet.ts#BYTE_CHARACTERS", {
      cases: "text-embed/simple_tokenizer",
    }),
    get_pairs: here("packages/data/src/text/merge-word.ts#mergeWord", { cases: "text-embed/simple_tokenizer" }),
    ignore_tokens_after_special_tokens: here(
      "packages/data/src/text/hugging-face-tokenizer.ts#HuggingFaceTokenizer",
      "`decodeRows` ends texts there",
    ),
    "IMAGE_TOKEN END_OF_UTTERANCE": here("packages/data/src/text/hugging-face-tokenizer.ts"),
    default_bpe: { not: "it names a file that ml-l3m does not ship; `bpe_path` is an option that must be given" },
  },
  "l3m.model.preprocessors.pos_embed.rope": all("RoPE"),
  "l3m.model.preprocessors.pos_embed.sinusoidal": {
    ...all("get_2d_sincos_pos_embed get_3d_sincos_pos_embed"),
    get_2d_sincos_pos_embed_from_grid: here(`${TABLES}#sincosTable2d`),
    get_3d_sincos_pos_embed_from_grid: here(`${TABLES}#sincosTable3d`, { cases: "core/sincos_3d" }),
    get_1d_sincos_pos_embed_from_grid: here(TABLES, { cases: "core/sincos" }),
  },
  "l3m.model.preprocessors.vision": {
    ...all("PatchEmbed PatchEmbedLinear ViTPreprocessor ViTPreprocessorWithRegisters"),
    ...all("OpenAICLIPViTProcessor OpenAICLIPViTProcessorWithRegisters TokenSubSampler TextPreprocessor"),
    reshape: { not: "`tf.reshape` takes a list of sizes" },
  },
  "l3m.model.preprocessors.text": all("TextPreprocessor"),
  "l3m.model.preprocessors.multimodal": {
    VisionAndTextPreprocessor: registered,
    "MERGE_PROTOCOLS TEXT_VISION_CONCAT VISION_TEXT_CONCAT REPLACE_IMAGE_TOKEN TEXT_ONLY": here(
      "packages/text-embed/src/vision-and-text-preprocessor.ts",
      { tests: ["packages/text-embed/test/vision-and-text.test.ts"] },
    ),
  },
  "l3m.model.preprocessors.mask_builders": all(
    "MaybeCausalAttentionMaskBuilder PrefixAttentionMaskBuilder FlexAttnPrefixAttentionMaskBuilder MultimodalDecoderMaskBuilder PaddingAttentionMaskBuilder DocumentMaskingBuilder",
  ),
  "l3m.model.preprocessors.transforms": {
    PadToSquare: registered,
    expand_to_square: here("packages/data/src/transforms/pad-to-square.ts", { cases: "vision-patchify/pad_to_square" }),
  },
  "l3m.model.trunks.transformer": all("Block BlockWithAdapter Transformer NonMonolithicTransformerFFN TPWrapper"),
  "l3m.model.trunks.transformer_decoder": {
    ...all("DecoderBlock TransformerDecoder"),
    TPWrapper: { not: "it reads an attribute that does not exist, so it has never run" },
  },
  "l3m.model.heads.classifier": all(
    "LinearClassifier TransformerClassifier AttentionPoolingClassifier SimplifiedAttentionPoolingClassifier",
  ),
  "l3m.model.heads.wrappers": all("ProbeHparamSearchWrapper"),
  "l3m.model.heads.simple_decoder": all("SimpleDecoder DiscreteDecoder"),
  "l3m.model.heads.mae_head": all("MAEDecoder"),
  "l3m.model.heads.clip_head": all("CLIPHead"),
  "l3m.model.postprocessors.pool": all("GAP WeightedAveragePooling ConcatPooling"),
  "l3m.model.postprocessors.select": all("SelectTokens SelectTokensWithMask ExtractCLS ExtractEOS"),
  "l3m.model.postprocessors.misc": {
    AverageLastNLayers: registered,
    AGGREGATORS: here("packages/heads/src/pool/average-last-n-layers.ts", { cases: "heads/average_last" }),
  },
  "l3m.model.wrappers.huggingface": {
    HFWrapper: { not: "it gives a model the interface of Python's transformers, without any arithmetic of its own" },
  },
};

/** Names of its losses and metrics. */
export const LOSS_NAMES: Names = {
  "l3m.loss.clip_loss": all("CLIPContrastiveLoss"),
  "l3m.loss.mae_loss": all("MAELoss RasterPixelLoss MultiTokenRasterPixelLoss VideoRasterPixelLoss"),
  "l3m.loss.llm_cross_entropy_loss": {
    ...all("LLMCrossEntropyLoss MultiTokenLLMCrossEntropyLoss"),
    momentum_update: here("packages/losses/src/llm-cross-entropy-loss.ts", { cases: "losses/llm_ce_renorm_momentum" }),
  },
  "l3m.loss.discrete_loss": all("RasterDiscreteLoss"),
  "l3m.loss.moe_balancing_loss": all("MoEBalancingLoss"),
  "l3m.loss.wrappers": all("LossWrapper MultiHeadLossWrapper MultiLossWrapper"),
  "l3m.helpers.moe.utils": {
    get_load_balancing_loss_given_moe: here("packages/moe/src/balancing-loss.ts#loadBalancingLoss", {
      remark: "each layer emits its part",
      cases: "losses/moe_balancing",
    }),
    "get_moe_layers_in_model is_model_moe extract_moe_arguments_from_model": {
      not: "layers hand their part of the loss to the step themselves, so nothing looks for them",
    },
    "is_megablocks_available get_public_classes_in_module": { not: "no library is needed for experts" },
  },
  "l3m.metrics": {
    MetricsComputer: here(
      "packages/config/src/experiment/scores-set.ts#scoresSet",
      "`metrics:` is a list; a metric without `dataset_name` scores every set, which `compat` undoes",
    ),
  },
  "l3m.metrics.accuracy": all("Accuracy CLIPAccuracy"),
  "l3m.constants.prompts": all("IMAGENET_TEMPLATES SIMPLE_IMAGENET_TEMPLATES"),
  "l3m.constants.generic": {
    DTYPE_DICT: here("packages/train/src/step/precision-policy.ts", {
      remark: "`experiment.precision`",
      tests: ["tools/e2e/test/precision.test.ts"],
    }),
    DATASET_NAME_KEY: here("packages/config/src/experiment/scores-set.ts#scoresSet", { cases: "losses/metrics_gate" }),
    HPARAM_PREFIX: here("packages/heads/src/classifiers/probe-hparam-search-wrapper.ts", {
      cases: "losses/accuracy_probe",
    }),
  },
  "l3m.constants.typing": {
    DATA_DICT: here("packages/core/src/data-dict/data-dict.ts#DataDict"),
    "BASE_CRITERION CRITERION_WRAPPER": here("packages/core/src/contract/products.ts#Loss"),
    CHECKPOINT: here("packages/train/src/checkpoint/load-checkpoint.ts#LoadedCheckpoint"),
  },
};
