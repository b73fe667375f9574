/** Which results of a function `(state, ...inputs) => ({ state, ...others })` are its next state. */
import { L3mError } from "@l3m/errors";
import { type Placement } from "../backend/placement.ts";
import { type InputType, type ProgramPlan } from "./program-plan.ts";
import { type TreeShape } from "./tree.ts";

/** The key of the next state among the results. */
export const STATE = "state";

export interface CarriedLeaves {
  /** For every tensor of the state, which is an argument of the same number: the number of the result that replaces it. */
  readonly results: readonly number[];
  readonly stateShape: TreeShape;
  readonly inputsShape: TreeShape;
  /** Structure of the results without the state. */
  readonly othersShape: TreeShape;
}

/** @throws L3M_TRACE when argument 0 is not donated or the result has no state of the same structure and types */
export function carriedLeaves(plan: ProgramPlan): CarriedLeaves {
  const { argsShape, resultShape, parameters, name } = plan;
  const [stateShape, ...inputs] = argsShape.kind === "list" ? argsShape.items : [];
  const at = resultShape.kind === "record" ? resultShape.keys.indexOf(STATE) : -1;
  if (stateShape === undefined || resultShape.kind !== "record" || at < 0)
    throw notCarried(name, "its result has no such key");
  const argumentPaths = leafPaths(stateShape);
  const resultPaths = leafPaths(resultShape);
  const prefix = `/${STATE}`;
  const results = argumentPaths.map((path) => resultPaths.indexOf(prefix + path));
  const missing = results.indexOf(-1);
  if (missing >= 0) throw notCarried(name, `there is no ${argumentPaths[missing]} in the next state`);
  const extra = resultPaths.filter((path) => path.startsWith(`${prefix}/`)).length - results.length;
  if (extra !== 0) throw notCarried(name, `the next state has ${extra} tensors more`);
  results.forEach((result, argument) => {
    const was = describe(plan.inputs[argument], parameters[argument]?.placement);
    const is = describe(plan.results[result], plan.results[result]?.placement);
    if (was !== is) throw notCarried(name, `${argumentPaths[argument]} is ${was} before a call and ${is} after it`);
    if (parameters[argument]?.donated !== true) throw notCarried(name, "argument 0 is not donated");
  });
  const others = resultShape.keys.map((_, i) => i).filter((i) => i !== at);
  return {
    results,
    stateShape,
    inputsShape: { kind: "list", items: inputs },
    othersShape: {
      kind: "record",
      keys: others.map((i) => resultShape.keys[i] as string),
      items: others.map((i) => resultShape.items[i] as TreeShape),
    },
  };
}

/** `/params/0/weight`, one per leaf in order. */
function leafPaths(shape: TreeShape): readonly string[] {
  switch (shape.kind) {
    case "none":
      return [];
    case "leaf":
      return [""];
    case "list":
      return shape.items.flatMap((item, i) => leafPaths(item).map((path) => `/${i}${path}`));
    case "record":
      return shape.items.flatMap((item, i) => leafPaths(item).map((path) => `/${shape.keys[i]}${path}`));
  }
}

function describe(type: InputType | undefined, placement: Placement | undefined): string {
  return `${type?.dtype} (${type?.element}) [${type?.shape.join(",")}], ${placement?.key}`;
}

function notCarried(name: string, why: string): L3mError {
  return new L3mError("L3M_TRACE", {
    message: `"${name}" cannot keep its state: ${why}`,
    expected: `(state, ...inputs) => ({ ${STATE}, ...others }), where the two states have the same structure and types, and { donate: [0] }`,
    fix: "Return every tensor of the state, changed or not, or call the function without binding it.",
  });
}
