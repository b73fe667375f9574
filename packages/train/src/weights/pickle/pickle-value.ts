/** What a pickle of weights is made of. Objects of other classes are named and stay empty: nothing of Python ever runs. */

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PickleValue[]
  | PickleDict
  | PickleGlobal
  | InertObject
  | StorageRecord
  | TensorRecord;

export type PickleDict = Map<PickleValue, PickleValue>;

/** A class or function by its name, as the pickle mentions it. */
export class PickleGlobal {
  /** `torch._utils._rebuild_tensor_v2` */
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** An object of a class that holds no weights (a config, a schedule); its contents are dropped. */
export class InertObject {
  /** Name of the class. */
  readonly of: string;
  constructor(of: string) {
    this.of = of;
  }
}

/** Memory that tensors look at: a file of the archive. */
export class StorageRecord {
  readonly type: string;
  /** Name of the file under `data/`. */
  readonly key: string;
  /** Number of elements. */
  readonly length: number;
  constructor(type: string, key: string, length: number) {
    this.type = type;
    this.key = key;
    this.length = length;
  }
}

/** A view of a storage, in elements. Not checked yet. */
export class TensorRecord {
  readonly storage: StorageRecord;
  readonly offset: number;
  readonly size: readonly number[];
  readonly stride: readonly number[];
  constructor(storage: StorageRecord, offset: number, size: readonly number[], stride: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.size = size;
    this.stride = stride;
  }
}

/** How messages call a value. */
export function describe(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value instanceof PickleGlobal) return value.name;
  if (value instanceof InertObject) return `an object of ${value.of}`;
  if (value instanceof StorageRecord) return "a storage";
  if (value instanceof TensorRecord) return "a tensor";
  if (value instanceof Map) return "a dict";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : String(value);
}
