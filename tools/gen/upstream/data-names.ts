/** Names of ml-l3m's data side and of its optimisation. */
import { all, here, type Names, registered } from "./fate.ts";

const FOLDER = "packages/data/src/files/image-folder-files.ts";

export const DATA_NAMES: Names = {
  "l3m.data.dataset_with_generator": all("DatasetWithGenerator"),
  "l3m.data.huggingface.multimodal": all("SimpleImageTextDataset"),
  "l3m.data.huggingface.text": all("SimpleTextDataset"),
  "l3m.data.samplers": all("InfiniteDataSampler"),
  "l3m.data.vision.collators.mixup_collator": all("MixupCollator"),
  "l3m.data.vision.datasets.image_folder": {
    ...all("DatasetFolder CustomImageFolder one_hot"),
    "has_file_allowed_extension is_image_file IMG_EXTENSIONS": here(`${FOLDER}#IMAGE_EXTENSIONS`, {
      tests: ["packages/data/test/image-folder.test.ts"],
    }),
    "find_classes make_dataset": here(`${FOLDER}#listClassFiles`),
    pil_loader: here("packages/data/src/images/decode-image.ts#decodeImage"),
  },
  "l3m.data.vision.datasets.imagenet": {
    "ImageNet ImageNetA ImageNetR ImageNetSketch ImageNetV2Top ImageNetV2Thr ImageNetV2MatchedFreq ImageNetWithTextLabel":
      {
        notYet: "`data/custom-image-folder` reads folders of classes; the lists of classes of the variants are missing",
      },
  },
  "l3m.data.vision.datasets.torchvision": {
    "Cifar10Dataset Cifar100Dataset Food101Dataset DTDDataset WithTextLabelMixin Cifar10DatasetWithTextLabel Cifar100DatasetWithTextLabel Food101DatasetWithTextLabel DTDDatasetWithTextLabel":
      { not: "they wrap downloads of torchvision; write the images out as folders of classes" },
  },
  "l3m.helpers.vision.mask_generator": all("RandomMasking RasterMasking RandomRasterMasking"),
  "l3m.helpers.vision.ar_patterns": {
    ...all("get_spiral_permutation get_checkerboard_pattern get_reverse_raster_pattern get_horizontal_raster_pattern"),
    ...all("get_reverse_horizontal_raster_pattern get_fixed_random_pattern"),
    FIXED_RANDOM_PATTERNS: { not: "two tables of arbitrary numbers; `permutation` takes one of yours" },
  },
  "l3m.helpers.utils": {
    RandomBinaryChoice: registered,
    "move_to move_to_device": here("packages/train/src/step/batch-tensors.ts#batchTensors"),
    "chunk_batch get_chunk_from_elem": here(
      "packages/train/src/step/train-step.ts",
      "`optim.gradient_accumulation_steps`",
    ),
    "get_module set_module has_module": { not: "parents choose initialisers and wrappers by name while they build" },
    init_parameters: here("packages/core/src/params/initializers.ts#drawParam"),
  },
};

export const OPTIM_NAMES: Names = {
  "l3m.optim.adamw_lh": all("AdamLH"),
  "l3m.optim.lars": all("LARS"),
  "l3m.optim.scheduler": {
    ...all("InvPowerScheduler HalfCosineParamScheduler ConstantParamScheduler"),
    step_scheduler: here("packages/optim/src/schedules/scheduled-lr.ts#scheduledLr"),
  },
  "l3m.optim.scaler": { NativeScaler: here("packages/optim/src/scaling/gradient-scaler.ts#gradientScaler") },
  "l3m.optim.mup": {
    mup_init: here("packages/optim/src/groups/mup-init.ts#mupInit"),
    create_mup_param_groups: here("packages/optim/src/groups/mup-groups.ts#mupParamGroups"),
  },
  "l3m.optim.optimizer": {
    "create_optimizer get_param_groups param_groups_lrd get_param_groups_with_lr_scalers": here(
      "packages/optim/src/groups/param-groups.ts#paramGroups",
      "the frame's keys choose: `wd_exclude`, `lr_decay`, `lr_scalers`",
    ),
    get_layer_id_for_vit: here("packages/optim/src/groups/layer-id.ts#layerIdForVit"),
    get_param_groups_with_lr_wd_grid: here("packages/optim/src/groups/lr-wd-grid.ts#lrWdGridGroups"),
    get_probe_param_groups: here("packages/optim/src/groups/probe-groups.ts#probeParamGroups"),
  },
};
