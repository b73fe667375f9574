/** Handlers of schedules: tables of values, runs as written in configs, learning rates of groups, PyTorch schedulers. */
import { build, type Schedule } from "@l3m/core";
import { runSchedule, scheduledLr, schedulerNode } from "@l3m/optim";
import { Comparison } from "../comparison.ts";
import { toleranceOf } from "../expectations.ts";
import type { Handler, Surroundings } from "../handler.ts";

type Node = Readonly<Record<string, unknown>>;

interface TableRow {
  readonly options: Node;
  readonly error?: string;
  readonly values?: readonly { readonly where: number; readonly value?: unknown; readonly error?: string }[];
}

interface RunRow {
  readonly scheduler: Node;
  readonly total_iterations: number;
  readonly relative_lengths: readonly number[];
  readonly values: readonly { readonly iteration: number; readonly lr: number }[];
}

/** Builds a schedule from its node. */
export function buildSchedule({ registry, compat }: Surroundings, node: Node): Schedule {
  return build(registry, "schedule", node, { compat }).product;
}

/** `schedule_table`: a row builds a schedule (or must fail), each value is one call (or must fail). */
export const scheduleTable: Handler = {
  builds: ({ fields }) => ({ table: fields["table"] }),
  run(golden, surroundings) {
    const comparison = new Comparison();
    for (const [i, row] of (golden.fields["table"] as readonly TableRow[]).entries()) {
      if (row.error !== undefined) {
        comparison.fails(`table.${i}`, () => buildSchedule(surroundings, row.options));
        continue;
      }
      const schedule = buildSchedule(surroundings, row.options);
      for (const { where, value, error } of row.values ?? []) {
        const name = `table.${i} at ${where}`;
        if (error !== undefined) comparison.fails(name, () => schedule(where));
        else comparison.number(name, schedule(where), value, toleranceOf(golden, "table"));
      }
    }
    return comparison;
  },
};

/** `schedule_runs`: composite schedules as written in configs; lengths become shares of their sum. */
export const scheduleRuns: Handler = {
  builds: ({ fields }) => ({ table: fields["table"] }),
  run(golden, surroundings) {
    const comparison = new Comparison();
    const tolerance = toleranceOf(golden, "table");
    for (const [i, row] of (golden.fields["table"] as readonly RunRow[]).entries()) {
      const node = schedulerNode(row.scheduler, row.total_iterations);
      comparison.value(`table.${i}.relative_lengths`, node["lengths"], row.relative_lengths, tolerance);
      const schedule = buildSchedule(surroundings, node);
      for (const { iteration, lr } of row.values) {
        comparison.number(`table.${i} at ${iteration}`, schedule(iteration / row.total_iterations), lr, tolerance);
      }
    }
    return comparison;
  },
};

/** `step_scheduler`: the schedule times each group's factor. */
export const stepScheduler: Handler = {
  builds: ({ fields }) => ({ schedule: fields["schedule"] }),
  run(golden, surroundings) {
    const schedule = buildSchedule(surroundings, golden.fields["schedule"] as Node);
    const total = golden.fields["total_iterations"] as number;
    const scales = golden.fields["lr_scale"] as readonly (number | null)[];
    const got = Array.from({ length: total }, (_, t) =>
      scales.map((scale) => scheduledLr(schedule, { iteration: t, total }, scale === null ? {} : { lrScale: scale })),
    );
    const comparison = new Comparison();
    comparison.value("group_lr", got, golden.fields["group_lr"], toleranceOf(golden, "group_lr"));
    return comparison;
  },
};

/** `torch_scheduler`: a scheduler of PyTorch, stepped before the optimizer. */
export const torchScheduler: Handler = {
  builds: ({ target }) => [target],
  run(golden, { registry, compat }) {
    const { total_iterations: total, base_lr: baseLr } = golden.fields as { total_iterations: number; base_lr: number };
    const node = { _target_: golden.target, _partial_: true, ...golden.options };
    const schedule = runSchedule(registry, node, { type: "torch", totalIterations: total, baseLr, compat });
    const got = Array.from({ length: total }, (_, iteration) =>
      scheduledLr(schedule, { iteration, total }, { lrScale: 3 }, "torch"),
    );
    const comparison = new Comparison();
    comparison.value("lr_used", got, golden.fields["lr_used"], toleranceOf(golden, "lr_used"));
    return comparison;
  },
};
