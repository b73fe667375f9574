/**
 * CompileOptionsProto (xla/pjrt/proto/compile_options.proto), written by hand: a few fields do not justify a protobuf library.
 * Flags travel as env_option_overrides, which XLA checks by name and type; a partial debug_options would reset all others.
 */
import { L3mError } from "@l3m/errors";

/** A value of one XLA flag. Text is parsed by XLA, so it also serves for enums and lists. A bigint needs an integer flag. */
export type FlagValue = string | boolean | bigint | number;

/** How a module is compiled. */
export interface CompileOptions {
  /** Devices that the module is partitioned over. More than 1 turns the SPMD partitioner on, over devices 0..n-1. Default 1. */
  readonly numPartitions?: number;
  /** Partition with Shardy (`sdy` annotations) rather than GSPMD. Default true when there is more than one partition. */
  readonly shardy?: boolean;
  /** XLA flags of this compilation without the dashes, for example `{ xla_cpu_enable_fast_math: false }`. */
  readonly flags?: Readonly<Record<string, FlagValue>>;
}

/** The serialized CompileOptionsProto. @throws L3M_BAD_OPTION for a number of partitions that is no positive integer */
export function encodeCompileOptions(options: CompileOptions): Uint8Array {
  const partitions = options.numPartitions ?? 1;
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "numPartitions must be a positive integer",
      got: String(partitions),
    });
  }
  const spmd = partitions > 1;
  const assignment = [
    ...varint(1, 1n), // replica_count
    ...varint(2, BigInt(partitions)), // computation_count
    ...Array.from({ length: partitions }, (_, device) => message(3, message(1, base128(BigInt(device))))).flat(),
  ];
  const build = [
    ...varint(1, -1n), // device_ordinal: any; an absent field would mean device 0
    ...varint(4, 1n), // num_replicas
    ...varint(5, BigInt(partitions)), // num_partitions
    ...varint(6, spmd ? 1n : 0n), // use_spmd_partitioning
    ...message(9, assignment), // device_assignment
    ...varint(19, (options.shardy ?? spmd) ? 1n : 0n), // use_shardy_partitioner
  ];
  const overrides = Object.entries(options.flags ?? {}).flatMap(([name, value]) =>
    message(7, [...text(1, name), ...message(2, flag(value))]),
  );
  return Uint8Array.from([...message(3, build), ...overrides]);
}

/** OptionOverrideProto. Numbers go as text, because XLA parses that for integer and float flags alike. */
function flag(value: FlagValue): number[] {
  if (typeof value === "boolean") return varint(2, value ? 1n : 0n);
  if (typeof value === "bigint") return varint(3, value);
  return text(1, String(value));
}

function varint(field: number, value: bigint): number[] {
  return [...base128(BigInt(field) << 3n), ...base128(value)];
}

function message(field: number, bytes: readonly number[]): number[] {
  return [...base128((BigInt(field) << 3n) | 2n), ...base128(BigInt(bytes.length)), ...bytes];
}

function text(field: number, value: string): number[] {
  return message(field, [...Buffer.from(value)]);
}

/** Seven bits a byte, low bits first; negative numbers as 64-bit two's complement. */
function base128(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
}
