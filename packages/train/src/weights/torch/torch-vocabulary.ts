/** The Python names in files of `torch.save` that are understood, and what a call of each gives. */
import type { Vocabulary } from "../pickle/unpickle.ts";
import { InertObject, PickleGlobal, type PickleValue, StorageRecord, TensorRecord } from "../pickle/pickle-value.ts";
import type { ElementTypeName } from "../element-type.ts";

/** Element types by the class of their storage. */
export const STORAGES: Readonly<Record<string, ElementTypeName>> = {
  "torch.DoubleStorage": "F64",
  "torch.FloatStorage": "F32",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};

type Call = (args: readonly PickleValue[]) => PickleValue | undefined;

const emptyDict: Call = (args) => (args.length === 0 ? new Map() : undefined);

/** `(storage, offset, size, stride, ...)` */
const rebuildTensor: Call = ([storage, offset, size, stride]) =>
  storage instanceof StorageRecord && isCount(offset) && isCounts(size) && isCounts(stride)
    ? new TensorRecord(storage, offset, size, stride)
    : undefined;

/** `(tensor, ...)` */
const rebuildParameter: Call = ([tensor]) => (tensor instanceof TensorRecord ? tensor : undefined);

const sameList: Call = ([list = []]) => (Array.isArray(list) ? list : undefined);

const CALLS: Readonly<Record<string, Call>> = {
  "collections.OrderedDict": emptyDict,
  "collections.defaultdict": () => new Map(),
  "torch._tensor._rebuild_from_type_v2": ([, type]) =>
    new InertObject(type instanceof PickleGlobal ? type.name : "a class"),
  "torch._utils._rebuild_tensor": rebuildTensor,
  "torch._utils._rebuild_tensor_v2": rebuildTensor,
  "torch._utils._rebuild_parameter": rebuildParameter,
  "torch._utils._rebuild_parameter_with_state": rebuildParameter,
  "torch.Size": sameList,
  "__builtin__.set": sameList,
  "builtins.set": sameList,
};

/**
 * Beside its model, a checkpoint of ml-l3m holds its config (OmegaConf), its schedule (fvcore) and the optimizer's shards
 * (DTensor); others hold the arguments of their script. Objects of these names are noted and stay empty.
 */
const INERT_MODULES = ["omegaconf", "fvcore", "l3m", "torch.distributed", "torch.optim", "argparse", "typing"];
const INERT_NAMES = new Set([
  "torch.device",
  "torch.serialization._get_layout",
  "torch._utils._rebuild_wrapper_subclass",
  ...["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"].map(
    (dtype) => `torch.${dtype}`,
  ),
  ...["__builtin__", "builtins"].flatMap((module) =>
    ["dict", "list", "tuple", "int", "long", "float", "str", "bool", "object"].map((type) => `${module}.${type}`),
  ),
]);

export const torchVocabulary: Vocabulary = {
  knows: (name) => Object.hasOwn(STORAGES, name) || Object.hasOwn(CALLS, name) || isInert(name),
  call(name, args) {
    if (Object.hasOwn(CALLS, name)) return CALLS[name]?.(args);
    return isInert(name) ? new InertObject(name) : undefined;
  },
  /** `("storage", class, key, device, number of elements)` */
  load(id) {
    if (!Array.isArray(id)) return undefined;
    const [kind, type, key, , length] = id as readonly PickleValue[];
    const isStorage = kind === "storage" && type instanceof PickleGlobal && typeof key === "string" && isCount(length);
    return isStorage ? new StorageRecord(type.name, key, length) : undefined;
  },
};

function isInert(name: string): boolean {
  return INERT_NAMES.has(name) || INERT_MODULES.some((module) => name.startsWith(`${module}.`));
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Sizes or strides; PyTorch's tensors have at most 64 dimensions. */
function isCounts(value: PickleValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.length <= 64 && (value as readonly PickleValue[]).every((item) => isCount(item));
}
