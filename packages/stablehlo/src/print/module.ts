/** Prints a module: mesh, functions, and what XLA needs to know about each argument and result. */
import { check } from "../bad-op.ts";
import { quote } from "../attributes.ts";
import { type Value } from "../operation.ts";
import { checkSharding, type Mesh, meshText, type Sharding, shardingText } from "../sharding.ts";
import { typeText } from "../types.ts";
import { Names, printOperations } from "./block.ts";
import { typesText } from "./generic-form.ts";

/** Where a function argument or result lives. */
export type MemoryKind = "device" | "pinned_host";

export interface FunctionParameter {
  /** A value made by `parameter(type)`, or any other value: the graph is then cut there and what computes it is left out. */
  readonly value: Value;
  readonly sharding?: Sharding;
  /** The result that reuses this argument's buffer (`tf.aliasing_output`); types must be equal. */
  readonly aliasOutput?: number;
  /** The buffer may be reused for any result of its size (`jax.buffer_donor`). */
  readonly donor?: boolean;
  readonly memoryKind?: MemoryKind;
}

export interface FunctionResult {
  readonly value: Value;
  readonly sharding?: Sharding;
  readonly memoryKind?: MemoryKind;
}

export interface FunctionSpec {
  /** XLA enters at `main`. */
  readonly name: string;
  readonly params: readonly FunctionParameter[];
  readonly results: readonly FunctionResult[];
}

export interface ModuleSpec {
  readonly name?: string;
  readonly mesh?: Mesh;
  readonly functions: readonly FunctionSpec[];
}

/** The module's text. Equal graphs give equal text; operations that no result needs are left out. */
export function printModule(spec: ModuleSpec): string {
  const partitions = spec.mesh === undefined ? 1 : spec.mesh.axes.reduce((size, axis) => size * axis.size, 1);
  const attributes =
    partitions === 1 ? "" : ` attributes {mhlo.num_partitions = ${partitions} : i32, mhlo.num_replicas = 1 : i32}`;
  const lines = [`module @${symbol(spec.name ?? "module")}${attributes} {`];
  if (spec.mesh !== undefined) lines.push(`  ${meshText(spec.mesh)}`);
  for (const fn of spec.functions) printFunction(fn, spec.mesh, lines);
  lines.push("}", "");
  return lines.join("\n");
}

function printFunction(fn: FunctionSpec, mesh: Mesh | undefined, lines: string[]): void {
  const names = new Names();
  const params = fn.params.map((param) => {
    const attributes = [...placementAttributes(param, mesh), ...donationAttributes(fn, param)];
    return `${names.argument(param.value)}: ${typeText(param.value.type)}${dictionary(attributes)}`;
  });
  const results = fn.results.map(
    (result) => `${typeText(result.value.type)}${dictionary(placementAttributes(result, mesh))}`,
  );
  const visibility = fn.name === "main" ? "public" : "private";
  lines.push(`  func.func ${visibility} @${symbol(fn.name)}(${params.join(", ")}) -> (${results.join(", ")}) {`);
  const values = fn.results.map((result) => result.value);
  printOperations(values, undefined, names, lines, "    ");
  lines.push(
    values.length === 0 ? "    return" : `    return ${values.map(names.of).join(", ")} : ${typesText(values)}`,
    "  }",
  );
}

function placementAttributes(place: FunctionParameter | FunctionResult, mesh: Mesh | undefined): readonly string[] {
  const attributes: string[] = [];
  if (place.sharding !== undefined) {
    checkSharding("function signature", place.value.type.shape, place.sharding, mesh);
    attributes.push(`sdy.sharding = #sdy.sharding<${shardingText(place.sharding)}>`);
  }
  if (place.memoryKind !== undefined) attributes.push(`mhlo.memory_kind = ${quote(place.memoryKind)}`);
  return attributes;
}

function donationAttributes(fn: FunctionSpec, param: FunctionParameter): readonly string[] {
  if (param.aliasOutput === undefined) return param.donor === true ? ["jax.buffer_donor = true"] : [];
  const output = fn.results[param.aliasOutput];
  const expected = typeText(param.value.type);
  const got =
    output === undefined ? `result ${param.aliasOutput} of ${fn.results.length}` : typeText(output.value.type);
  check(got === expected, fn.name, () => ["an argument can only be aliased to a result of its type", expected, got]);
  return [`tf.aliasing_output = ${param.aliasOutput} : i32`];
}

function dictionary(attributes: readonly string[]): string {
  return attributes.length === 0 ? "" : ` {${attributes.join(", ")}}`;
}

/** A name usable as an MLIR symbol. */
function symbol(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, "_");
}
