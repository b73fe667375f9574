/** The numbers of one step, computed on the host in double precision and handed to the device as one vector. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Optimizer, Schedule } from "@l3m/core";
import { scheduledLr, type SchedulerType } from "@l3m/optim";
import type { Group } from "./param-plan.ts";

/** Order of the vector: for each group, the optimizer's scalars in the order of their names. */
export class StepScalars {
  readonly #optimizer: Optimizer;
  readonly #groups: readonly Group[];
  readonly #schedule: Schedule;
  readonly #type: SchedulerType;
  readonly #names: readonly string[];

  constructor(optimizer: Optimizer, groups: readonly Group[], schedule: Schedule, type: SchedulerType) {
    this.#optimizer = optimizer;
    this.#groups = groups;
    this.#schedule = schedule;
    this.#type = type;
    this.#names = Object.keys(optimizer.scalars(1, { lr: optimizer.lr, weightDecay: 0 }));
  }

  /** Learning rate of the first group at `iteration` (from 0) of `total`: what is logged. */
  lr(iteration: number, total: number): number {
    return scheduledLr(this.#schedule, { iteration, total }, this.#groups[0] ?? {}, this.#type);
  }

  /** f32 vector of the step that turns `iteration` completed steps into one more. */
  values(iteration: number, total: number): Float32Array {
    return Float32Array.from(
      this.#groups.flatMap((group) => {
        const scalars = this.#optimizer.scalars(iteration + 1, {
          lr: scheduledLr(this.#schedule, { iteration, total }, group, this.#type),
          weightDecay: group.weightDecay,
        });
        return this.#names.map((name) => scalars[name] ?? 0);
      }),
    );
  }

  /** The scalars of one group out of the vector, as 0-d tensors. */
  unpack(vector: Tensor, group: number): Record<string, Tensor> {
    return Object.fromEntries(
      this.#names.map((name, i) => [name, tf.reshape(tf.slice(vector, [group * this.#names.length + i], [1]), [])]),
    );
  }
}
