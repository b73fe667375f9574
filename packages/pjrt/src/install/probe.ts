/**
 * The child process of {@link doctor}: `node probe.js PLUGIN` loads the plugin, lists devices and multiplies two matrices. It prints a
 * JSON line after each step, so that its parent knows how far it came when it crashes.
 */
import { isL3mError, L3mError } from "@l3m/errors";
import { isCudaPlugin } from "../cuda/nvidia-libraries.ts";
import type { PjrtDevice } from "../device.ts";
import { loadPlugin } from "../load-plugin.ts";

/** What the lines say together. */
export interface ProbeReport {
  version?: string;
  stablehlo?: string;
  devices?: string[];
  product?: string;
  error?: string;
  fix?: string;
}

/** In the format of training on the platform: bf16 products on a GPU. */
function product(type: "bf16" | "f32"): string {
  return `func.func @main(%a: tensor<16x16xf32>, %b: tensor<16x16xf32>) -> tensor<16x16xf32> {
  %0 = stablehlo.convert %a : (tensor<16x16xf32>) -> tensor<16x16x${type}>
  %1 = stablehlo.convert %b : (tensor<16x16xf32>) -> tensor<16x16x${type}>
  %2 = stablehlo.dot_general %0, %1, contracting_dims = [1] x [0] : (tensor<16x16x${type}>, tensor<16x16x${type}>) -> tensor<16x16x${type}>
  %3 = stablehlo.convert %2 : (tensor<16x16x${type}>) -> tensor<16x16xf32>
  return %3 : tensor<16x16xf32>
}`;
}

/** Of a GPU's memory: enough for this, and little beside another program. */
const FRACTION = 0.1;

function failure(error: unknown): ProbeReport {
  if (!isL3mError(error)) return { error: String(error) };
  const { message, got, fix } = error.details;
  return { error: got === undefined ? message : `${message}: ${got}`, ...(fix !== undefined && { fix }) };
}

function report(part: ProbeReport): void {
  process.stdout.write(`${JSON.stringify(part)}\n`);
}

function probe(plugin: string): void {
  const api = loadPlugin(plugin);
  const stablehlo = api.attributes()["stablehlo_current_version"];
  report({
    version: `${api.version.major}.${api.version.minor}`,
    stablehlo: Array.isArray(stablehlo) ? stablehlo.join(".") : "unknown",
  });
  const onGpu = isCudaPlugin(plugin);
  const client = api.createClient(onGpu ? { memory_fraction: { float: FRACTION }, preallocate: false } : {});
  report({ devices: client.devices.map(described) });
  const type = onGpu ? "bf16" : "f32";
  const executable = client.compileSync(product(type));
  const [a, b] = [1, 2].map((value) => client.bufferFromHost(new Float32Array(256).fill(value), "f32", [16, 16]));
  const result = new Float32Array(256);
  if (a !== undefined && b !== undefined) executable.execute([[a, b]])[0]?.[0]?.toHostSync(result);
  const wrong = result.find((value) => value !== 32);
  if (wrong !== undefined)
    throw new L3mError("L3M_PJRT", { message: "a compiled product is wrong", expected: "32", got: String(wrong) });
  report({ product: `a compiled ${type} product of two matrices on ${client.platformName}` });
}

function described(device: PjrtDevice): string {
  const limit = device.memoryStats()?.bytesLimit;
  return limit === undefined ? device.description : `${device.kind} (${(limit / FRACTION / 1e9).toFixed(0)} GB)`;
}

try {
  probe(process.argv[2] ?? "");
} catch (error) {
  report(failure(error));
  process.exitCode = 1;
}
