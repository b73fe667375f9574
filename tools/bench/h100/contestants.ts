/** Who is compared, and how each is called: every one a program of its own that prints one JSON line. */
import path from "node:path";

export interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** More arguments of the first run, which makes what later runs read. */
  readonly firstArgs?: readonly string[];
}

export interface ContestOptions {
  readonly config: string;
  readonly engine: string;
  readonly steps: number;
  readonly warmup: number;
  readonly set: readonly string[];
  readonly horizon: string | undefined;
  /** XLA flags for ours and for JAX. */
  readonly flags: string;
  readonly jaxFlags: string;
  readonly python: string;
  readonly oursArgs: readonly string[];
  readonly twinArgs: readonly string[];
  readonly jaxArgs: readonly string[];
  /** A checkout of ml-l3m, the script that times its step, and the config as that script takes it. */
  readonly upstream:
    | { readonly folder: string; readonly script: string; readonly config: string; readonly args: readonly string[] }
    | undefined;
  /** Where results and the shared weights go. */
  readonly out: string;
  readonly cache: string;
}

/** Ours first: its first run writes the weights and the description that the others start from. */
export function contestants(options: ContestOptions): Contestant[] {
  const { out, cache, steps, warmup, python, upstream } = options;
  const here = import.meta.dirname;
  const spec = path.join(out, "spec.json");
  const weights = path.join(out, "weights.safetensors");
  const counts = ["--steps", String(steps), "--warmup", String(warmup)];
  const step = path.join(here, "step.mjs");
  const source = ["--import", "tsx", path.join(here, "step.ts")];
  const ours: Contestant = {
    name: "ours",
    command: process.execPath,
    args: [
      ...(import.meta.url.endsWith(".ts") ? source : ["--max-old-space-size=16384", step]),
      options.config,
      ...counts,
      "--engine",
      options.engine,
      "--cache",
      path.join(cache, "l3m"),
      ...(options.flags === "" ? [] : [`--flags=${options.flags}`]),
      ...(options.horizon === undefined ? [] : ["--horizon", options.horizon]),
      ...options.set.flatMap((entry) => ["--set", entry]),
      ...options.oursArgs,
    ],
    firstArgs: ["--dump-weights", weights, "--dump-spec", spec],
  };
  const python3 = (name: string, args: readonly string[]): Contestant => ({ name, command: python, args });
  return [
    ours,
    python3("PyTorch twin", [path.join(here, "twin.py"), spec, "--weights", weights, ...counts, ...options.twinArgs]),
    ...(upstream === undefined
      ? []
      : (["shipped", "on"] as const).map((mode) =>
          python3(mode === "on" ? "ml-l3m compiled" : "ml-l3m as shipped", [
            upstream.script,
            upstream.folder,
            upstream.config,
            "--compile",
            mode,
            "--iters",
            String(steps),
            ...upstream.args,
          ]),
        )),
    python3("plain JAX", [
      path.join(here, "jax_step.py"),
      spec,
      "--weights",
      weights,
      ...counts,
      "--cache",
      path.join(cache, "jax"),
      `--flags=${options.jaxFlags}`,
      ...options.jaxArgs,
    ]),
  ];
}
