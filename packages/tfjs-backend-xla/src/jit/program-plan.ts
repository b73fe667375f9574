/** How the calls of one signature go: what each parameter is filled with and where each result ends up. */
import { type ElementType } from "@l3m/stablehlo";
import { type DataType, type Variable } from "@tensorflow/tfjs-core";
import { type Placement } from "../backend/placement.ts";
import { type TensorStorage } from "../backend/tensor-storage.ts";
import { type TreeShape } from "./tree.ts";

/** Where the argument of a parameter comes from. */
export type ArgumentSource =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "variable"; readonly variable: Variable }
  | { readonly kind: "tensor"; readonly storage: TensorStorage };

export interface ParameterPlan {
  readonly source: ArgumentSource;
  readonly placement: Placement;
  /** The call consumes the buffer. */
  readonly donated: boolean;
}

export interface ResultPlan {
  readonly shape: readonly number[];
  readonly element: ElementType;
  readonly dtype: DataType;
  readonly placement: Placement;
  /** The variable that takes this result; undefined for a result of the function. */
  readonly variable: Variable | undefined;
}

export interface InputType {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly element: ElementType;
}

export interface ProgramPlan {
  readonly name: string;
  readonly argsShape: TreeShape;
  /** One per tensor of the arguments; they are the first parameters. */
  readonly inputs: readonly InputType[];
  readonly parameters: readonly ParameterPlan[];
  readonly resultShape: TreeShape;
  /** Those of the function, then those of variables. */
  readonly results: readonly ResultPlan[];
}
