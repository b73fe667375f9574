/** The options that XLA's own plugins take, so that a misspelt one is an error here instead of being ignored or worse. */
import { didYouMean, L3mError } from "@l3m/errors";
import { type Attribute, optionType, type OptionType, type OptionValue } from "./named-values.ts";

/** Options of a client by name, for example `{ cpu_device_count: 8n }` or `{ memory_fraction: { float: 0.9 } }`. */
export type ClientOptions = Readonly<Record<string, OptionValue>>;

/** xla/pjrt/c/pjrt_c_api_cpu_internal.cc */
const CPU: Readonly<Record<string, OptionType>> = {
  cpu_device_count: "integer",
  asynchronous: "boolean",
  process_id: "integer",
};

/** xla/pjrt/c/pjrt_c_api_gpu_internal.cc */
const CUDA: Readonly<Record<string, OptionType>> = {
  platform_name: "string",
  allocator: "string",
  memory_fraction: "float",
  preallocate: "boolean",
  collective_memory_size: "integer",
  visible_devices: "integers",
  node_id: "integer",
  num_nodes: "integer",
  partition_index: "integer",
  should_stage_host_to_device_transfers: "boolean",
  abort_collectives_on_failure: "boolean",
  use_tfrt_gpu_client: "boolean",
  enable_mock_nccl: "boolean",
  mock_gpu_topology: "string",
  max_inflight_computations: "integer",
};

/** Options beyond which XLA's process would run out of threads or stop at an internal check. */
const CPU_DEVICES = { least: 1n, most: 1024n };

/**
 * Checks names and types before a plugin sees them.
 *
 * @param attributes what the plugin says about itself; `cuda_version` tells a CUDA plugin
 * @throws L3M_BAD_OPTION naming the option, the type it takes, and what came
 */
export function checkClientOptions(options: ClientOptions, attributes: Readonly<Record<string, Attribute>>): void {
  const known = "cuda_version" in attributes ? CUDA : CPU;
  const platform = known === CUDA ? "CUDA" : "CPU";
  for (const [name, value] of Object.entries(options)) {
    const expected = Object.hasOwn(known, name) ? known[name] : undefined;
    if (expected === undefined) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: `the ${platform} plugin has no client option "${name}".${didYouMean(name, Object.keys(known))}`,
        expected: Object.keys(known).join(", "),
      });
    }
    const got = optionType(value);
    if (got !== expected) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: `client option "${name}" has the wrong type`,
        expected: `${expected}${EXAMPLES[expected]}`,
        got: typeof value === "number" ? `the number ${String(value)}` : (got ?? typeof value),
      });
    }
  }
  const devices = options["cpu_device_count"];
  if (typeof devices === "bigint" && (devices < CPU_DEVICES.least || devices > CPU_DEVICES.most)) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "cpu_device_count is out of range",
      expected: `${CPU_DEVICES.least} to ${CPU_DEVICES.most}`,
      got: String(devices),
    });
  }
}

const EXAMPLES: Readonly<Record<OptionType, string>> = {
  string: ' ("text")',
  boolean: " (true or false)",
  integer: " (a bigint such as 8n)",
  integers: " (bigints such as [0n, 1n])",
  float: " (such as { float: 0.9 })",
};
