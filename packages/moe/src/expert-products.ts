/**
 * The product of every row with the weights of its expert (a grouped matrix product). P rows in Q blocks of R, E experts,
 * I inputs, O outputs. Everything that experts compute with weights goes through this function; a faster kernel replaces it.
 */
import * as tf from "@l3m/core/tf";
import { embeddingGather } from "@l3m/core/nn";
import type { ExpertLayout } from "./expert-layout.ts";

type Tensor = tf.Tensor;

/**
 * Exact for any distribution of rows over experts: each block is multiplied by the weights of its expert, which are gathered
 * by block. Rows that are left over are multiplied too; their results carry no gradient, so the weights get none from them.
 *
 * @param x_PI rows sorted by expert as `layout` says
 * @param weights_E `[E, O, I]`, or `[E, I, O]` with `inputsFirst`
 * @returns `[P, O]` in the format that x and the weights multiply to
 */
export function expertProducts(x_PI: Tensor, layout: ExpertLayout, weights_E: Tensor, inputsFirst = false): Tensor {
  const { rowsPerBlock: R, expertOfBlock } = layout;
  const [E = 0, A = 0, B = 0] = weights_E.shape;
  const Q = expertOfBlock.size;
  const weights_QAB = tf.reshape(embeddingGather(tf.reshape(weights_E, [E, A * B]), expertOfBlock), [Q, A, B]);
  const x_QRI = tf.reshape(x_PI, [Q, R, x_PI.shape[1] ?? 0]);
  const y_QRO = tf.matMul(x_QRI, weights_QAB, false, !inputsFirst);
  return tf.reshape(y_QRO, [Q * R, inputsFirst ? B : A]);
}
