/** From a traced function to the module to compile and the plan of its calls: placements and donation are decided here. */
import { type Mesh, printModule, sameType, type Sharding, type Value } from "@l3m/stablehlo";
import { type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { type Placement, placementOf, shardingOf } from "../backend/placement.ts";
import { type TensorStorage } from "../backend/tensor-storage.ts";
import { type ArgumentSource, type InputType, type ProgramPlan } from "./program-plan.ts";
import { type TracedFunction } from "./trace-function.ts";
import { type TreeShape } from "./tree.ts";

export interface Layout {
  /** One per tensor of the arguments. */
  readonly inputShardings: readonly (Sharding | undefined)[];
  /** One per tensor of the results. */
  readonly resultShardings: readonly (Sharding | undefined)[];
  /** Numbers of the tensors of the arguments whose buffers the call consumes. */
  readonly donated: ReadonlySet<number>;
}

interface Slot {
  readonly value: Value;
  readonly placement: Placement;
}

export interface PlannedProgram {
  readonly plan: ProgramPlan;
  readonly text: string;
}

export function planProgram(
  name: string,
  traced: TracedFunction,
  argsShape: TreeShape,
  leaves: readonly Tensor[],
  layout: Layout,
  mesh: Mesh | undefined,
): PlannedProgram {
  const assigned = new Set(traced.assigned.map(({ variable }) => variable));
  const parameters = [
    ...traced.inputs.map((value, index) => ({
      value,
      source: { kind: "input", index } satisfies ArgumentSource as ArgumentSource,
      placement: placementOf(layout.inputShardings[index], value.type.shape, mesh),
      donated: layout.donated.has(index),
    })),
    ...traced.captures.map(({ storage, variable, value }) => ({
      value,
      source: (variable === undefined
        ? { kind: "tensor", storage }
        : { kind: "variable", variable }) satisfies ArgumentSource as ArgumentSource,
      placement: currentPlacement(storage, mesh),
      donated: variable !== undefined && assigned.has(variable),
    })),
  ];
  const held = new Map<Variable, Placement>(
    traced.captures.flatMap(({ variable, storage }) =>
      variable === undefined ? [] : [[variable, currentPlacement(storage, mesh)]],
    ),
  );
  const results = [
    ...traced.results.map(({ value, dtype }, i) => ({
      value,
      dtype,
      variable: undefined,
      placement: placementOf(layout.resultShardings[i], value.type.shape, mesh),
    })),
    ...traced.assigned.map(({ value, dtype, variable }) => ({
      value,
      dtype,
      variable,
      placement: held.get(variable) ?? placementOf(undefined, value.type.shape, mesh),
    })),
  ];
  const aliases = pairDonations(parameters, results);
  const text = printModule({
    name,
    ...(mesh !== undefined && { mesh }),
    functions: [
      {
        name: "main",
        params: parameters.map((parameter, i) => {
          const alias = aliases.get(i);
          return {
            value: parameter.value,
            ...sharded(parameter, mesh),
            ...(parameter.donated && (alias === undefined ? { donor: true } : { aliasOutput: alias })),
          };
        }),
        results: results.map((result) => ({ value: result.value, ...sharded(result, mesh) })),
      },
    ],
  });
  const inputs = traced.inputs.map(({ type }, i): InputType => ({
    shape: type.shape,
    element: type.element,
    dtype: (leaves[i] as Tensor).dtype,
  }));
  const plan: ProgramPlan = {
    name,
    argsShape,
    inputs,
    parameters: parameters.map(({ source, placement, donated }) => ({ source, placement, donated })),
    resultShape: traced.resultShape,
    results: results.map(({ value, dtype, placement, variable }) => ({
      shape: value.type.shape,
      element: value.type.element,
      dtype,
      placement,
      variable,
    })),
  };
  return { plan, text };
}

/** Pairs every donated parameter with the first free result of its type and placement: parameter number -> result number. */
export function pairDonations(
  parameters: readonly (Slot & { readonly donated: boolean })[],
  results: readonly Slot[],
): ReadonlyMap<number, number> {
  const taken = new Set<number>();
  const aliases = new Map<number, number>();
  parameters.forEach(({ value, placement, donated }, i) => {
    if (!donated) return;
    const match = results.findIndex(
      (result, k) => !taken.has(k) && result.placement.key === placement.key && sameType(result.value.type, value.type),
    );
    if (match < 0) return;
    taken.add(match);
    aliases.set(i, match);
  });
  return aliases;
}

function sharded({ placement }: Slot, mesh: Mesh | undefined): { readonly sharding?: Sharding } {
  const sharding = shardingOf(placement, mesh);
  return sharding === undefined ? {} : { sharding };
}

/** Where a captured tensor already is; replicated over the mesh if it is not on it. */
function currentPlacement(storage: TensorStorage, mesh: Mesh | undefined): Placement {
  const there = storage.content?.arrays.find(({ placement }) => placement.dims !== undefined);
  return there?.placement ?? placementOf(undefined, storage.shape, mesh);
}
