/** The parameters of a model as a table, from their declarations alone. */
import type { Model } from "@l3m/core";

export interface ParameterRow {
  /** Path in the model, which is the PyTorch state-dict name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of elements. */
  readonly count: number;
  readonly trainable: boolean;
}

export interface ParameterTable {
  /** In the model's own order. */
  readonly rows: readonly ParameterRow[];
  /** Elements of all parameters. */
  readonly total: number;
  /** Elements of the trainable ones. */
  readonly trainable: number;
  /** Elements of buffers, which are no parameters. */
  readonly buffers: number;
}

/** The table of a built model. Nothing is allocated. */
export function parameterTable(model: Pick<Model, "params" | "buffers">): ParameterTable {
  const rows = model.params.map(({ path, shape, trainable }) => ({
    name: path,
    shape,
    count: elements(shape),
    trainable,
  }));
  return {
    rows,
    total: sum(rows.map(({ count }) => count)),
    trainable: sum(rows.filter(({ trainable }) => trainable).map(({ count }) => count)),
    buffers: sum(model.buffers.map(({ shape }) => elements(shape))),
  };
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
