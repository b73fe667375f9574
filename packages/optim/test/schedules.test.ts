import { readFileSync } from "node:fs";
import { build, corePlugin, Registry, type Schedule } from "@l3m/core";
import optim, { relativeLengths, runSchedule, scheduledLr, schedulerNode } from "@l3m/optim";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const registry = new Registry([corePlugin, optim]);
type Node = Record<string, unknown>;

function schedule(node: Node): Schedule {
  return build(registry, "schedule", node).product;
}

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../tools/goldens/optim/${name}.json`, import.meta.url), "utf8")) as T;
}

function expectClose(got: number, wanted: number, what: string): void {
  expect(Math.abs(got - wanted), `${what}: ${got} instead of ${wanted}`).toBeLessThanOrEqual(1e-12 * Math.abs(wanted));
}

describe("recorded schedules", () => {
  interface Row {
    readonly options: Node;
    readonly error?: string;
    readonly values?: readonly { where: number; value?: number; error?: string }[];
  }

  it.each(["schedules_basic", "schedules_composite", "schedule_errors"])("%s", (name) => {
    for (const [i, row] of golden<{ table: readonly Row[] }>(name).table.entries()) {
      if (row.error !== undefined) {
        expect(() => schedule(row.options), `row ${i}`).toThrow(/L3M|schedule/i);
        continue;
      }
      const at = schedule(row.options);
      for (const { where, value, error } of row.values ?? []) {
        if (error !== undefined) expect(() => at(where), `row ${i} at ${where}`).toThrow();
        else expectClose(at(where), value as number, `row ${i} at ${where}`);
      }
    }
  });

  it("of the sample configurations, with lengths as shares of the run", () => {
    interface Run {
      readonly config: string;
      readonly scheduler: Node;
      readonly total_iterations: number;
      readonly relative_lengths: number[];
      readonly values: readonly { iteration: number; lr: number }[];
    }
    for (const run of golden<{ table: readonly Run[] }>("schedules_sample_configs").table) {
      const node = schedulerNode(run.scheduler, run.total_iterations);
      expect(node["lengths"]).toEqual(run.relative_lengths);
      expect(node).not.toHaveProperty("absolute_lengths");
      const at = schedule(node);
      for (const { iteration, lr } of run.values)
        expectClose(at(iteration / run.total_iterations), lr, `${run.config} ${iteration}`);
    }
  });

  it("with the factors of groups", () => {
    const recorded = golden<{
      schedule: Node;
      total_iterations: number;
      lr_scale: (number | null)[];
      group_lr: number[][];
    }>("step_scheduler");
    const at = schedule(recorded.schedule);
    for (const [t, row] of recorded.group_lr.entries()) {
      for (const [g, lr] of row.entries()) {
        const lrScale = recorded.lr_scale[g];
        expectClose(
          scheduledLr(at, { iteration: t, total: recorded.total_iterations }, lrScale == null ? {} : { lrScale }),
          lr,
          `step ${t} group ${g}`,
        );
      }
    }
  });

  it("lengths as shares", () => {
    const { table } = golden<{ table: readonly { lengths: number[]; relative: number[] }[] }>("schedule_lengths");
    for (const { lengths, relative } of table)
      relativeLengths(lengths).forEach((length, i) => expectClose(length, relative[i] as number, `${lengths.join()}`));
  });
});

describe("warm-up and decay", () => {
  const node = (peak: number, end: number, lengths: number[]): Node => ({
    schedule: "optim/composite",
    schedulers: [
      { schedule: "optim/linear", start_value: 0, end_value: peak },
      { schedule: "optim/cosine", start_value: peak, end_value: end },
    ],
    lengths,
    interval_scaling: ["rescaled", "rescaled"],
  });

  it("rises to the peak, falls to the end, and has no jump", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.double({ min: 1e-4, max: 1, noNaN: true }),
        (share, peak) => {
          const at = schedule(node(peak, peak / 100, [share, 1 - share]));
          const steps = 2000;
          const steepest = peak / Math.min(share, (1 - share) / 1.6) / steps;
          for (let i = 0; i < steps; i++) {
            const [a, b] = [at(i / steps), at((i + 1) / steps)];
            expect(Math.abs(a - b)).toBeLessThanOrEqual(steepest * 1.01 + 1e-6 * peak);
            if ((i + 1) / steps < share) expect(b).toBeGreaterThanOrEqual(a);
            if (i / steps > share) expect(b).toBeLessThanOrEqual(a);
          }
          expect(at(share)).toBeCloseTo(peak, 8);
          expect(at(1)).toBeCloseTo(peak / 100, 8);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("takes lengths in iterations", () => {
    const absolute = { ...node(1, 0, [250, 750]), absolute_lengths: true };
    const relative = schedule(node(1, 0, [0.25, 0.75]));
    const [direct, prepared] = [schedule(absolute), schedule(schedulerNode(absolute, 1000))];
    for (const where of [0, 0.1, 0.25, 0.6, 0.999]) {
      expect(direct(where)).toBe(relative(where));
      expect(prepared(where)).toBe(relative(where));
    }
    expect(() => schedulerNode(absolute, 999)).toThrow(/do not add up/);
  });
});

describe("warmup-cosine", () => {
  it("equals a composite of linear and cosine", () => {
    const ours = schedule({ schedule: "optim/warmup-cosine", peak: 2e-3, warmup: 0.1, end_value: 2e-5 });
    const parts = [
      { schedule: "optim/linear", start_value: 0, end_value: 2e-3 },
      { schedule: "optim/cosine", start_value: 2e-3, end_value: 2e-5 },
    ];
    const theirs = schedule({
      schedule: "optim/composite",
      lengths: [0.1, 0.9],
      interval_scaling: ["rescaled", "rescaled"],
      schedulers: parts,
    });
    for (let where = 0; where < 1; where += 0.013) expect(ours(where)).toBeCloseTo(theirs(where), 12);
  });
});

describe("schedulers of PyTorch", () => {
  const annealing = { _target_: "torch.optim.lr_scheduler.CosineAnnealingLR", _partial_: true };

  it.each(["torch_cosine_annealing", "torch_cosine_annealing_b"])("%s", (name) => {
    const recorded = golden<{ options: Node; base_lr: number; total_iterations: number; lr_used: number[] }>(name);
    const { base_lr: baseLr, total_iterations: total } = recorded;
    const at = runSchedule(
      registry,
      { ...annealing, ...recorded.options },
      { type: "torch", totalIterations: total, baseLr },
    );
    for (const [iteration, lr] of recorded.lr_used.entries())
      expect(scheduledLr(at, { iteration, total }, { lrScale: 7 }, "torch")).toBeCloseTo(lr, 14);
  });

  it("start at the optimizer's rate where the config gives none", () => {
    const options = { type: "torch", totalIterations: 5, baseLr: 0.4 } as const;
    const first = (node: Node): number =>
      scheduledLr(runSchedule(registry, node, options), { iteration: 0, total: 5 }, {}, "torch");
    expect(first({ ...annealing, base_lr: null })).toBe(first(annealing));
    expect(first({ ...annealing, base_lr: 0.2 })).toBeCloseTo(first(annealing) / 2, 12);
  });

  it("give the rates of a recursion, one step ahead", () => {
    const total = 50;
    const at = runSchedule(
      registry,
      { ...annealing, T_max: 3, eta_min: 0.01 },
      { type: "torch", totalIterations: total, baseLr: 0.4 },
    );
    let lr = 0.4;
    for (let step = 1; step <= total; step++) {
      // the recursion of torch.optim.lr_scheduler.CosineAnnealingLR.get_lr
      lr =
        ((1 + Math.cos((Math.PI * step) / total)) / (1 + Math.cos((Math.PI * (step - 1)) / total))) * (lr - 0.01) +
        0.01;
      expect(scheduledLr(at, { iteration: step - 1, total }, {}, "torch")).toBeCloseTo(lr, 12);
    }
  });

  it("need scheduler_type: torch, and no other schedule takes it", () => {
    const options = { totalIterations: 10, baseLr: 0.1 };
    expect(() => runSchedule(registry, annealing, options)).toThrow(/scheduler_type/);
    const linear = { schedule: "optim/linear", start_value: 0, end_value: 1 };
    expect(() => runSchedule(registry, linear, { ...options, type: "torch" })).toThrow(/scheduler of PyTorch/);
    expect(runSchedule(registry, "optim/cosine-annealing-lr", { ...options, type: "torch" })(0)).toBe(0.1);
  });
});

it("knows every schedule of fvcore and ml-l3m by its name there", () => {
  const fvcore = [
    "Constant",
    "Linear",
    "Cosine",
    "Exponential",
    "PolynomialDecay",
    "MultiStep",
    "Step",
    "StepWithFixedGamma",
    "Composite",
  ];
  const ours = ["InvPowerScheduler", "HalfCosineParamScheduler", "ConstantParamScheduler"];
  const names = [
    ...fvcore.map((name) => `fvcore.common.param_scheduler.${name}ParamScheduler`),
    ...ours.map((name) => `l3m.optim.scheduler.${name}`),
  ];
  for (const name of names) expect(registry.get(name).definition.kind, name).toBe("schedule");
});
