/** Picks and starts the engine that a config or a user asks for. What was picked, and why, is in `description`. */
import * as tf from "@l3m/core/tf";
import { didYouMean, L3mError } from "@l3m/errors";
import { deviceCount } from "@l3m/fsdp-mesh";
import type { Engine, EngineAdapter, EngineOptions } from "./engine.ts";
import { tfjsCpu } from "./tfjs-cpu.ts";
import { tfjsNode, tfjsNodeGpu } from "./tfjs-node.ts";
import { wasm } from "./wasm.ts";
import { xlaCpu, xlaCuda12, xlaCuda13 } from "./xla.ts";

/** Best first. */
export const ENGINES: readonly EngineAdapter[] = [xlaCuda13, xlaCuda12, xlaCpu, tfjsNodeGpu, tfjsNode, wasm, tfjsCpu];

/**
 * Starts an engine by name; `xla` is the best XLA engine, `auto` the best of all. A named engine that is missing is an error
 * with its cures, never a silent change.
 *
 * @throws L3M_ENGINE_MISSING, L3M_USAGE for an unknown name, L3M_BAD_OPTION for a mesh that it cannot span, L3M_DOWNLOAD
 */
export async function openEngine(request: string, options: EngineOptions = {}): Promise<Engine> {
  const wanted = ENGINES.filter(
    ({ name }) => request === "auto" || name === request || (request === "xla" && name.startsWith("xla-")),
  );
  if (wanted.length === 0) {
    const names = ["auto", "xla", ...ENGINES.map(({ name }) => name)];
    throw new L3mError("L3M_USAGE", {
      message: `There is no engine "${request}".${didYouMean(request, names)}`,
      where: { path: "experiment.engine (or --engine)" },
      expected: names.join(", "),
      got: request,
      fix: "Choose one of these with --engine or experiment.engine.",
    });
  }
  tf.enableProdMode(); // no banners of tfjs on stderr
  const passed: string[] = [];
  for (const adapter of wanted) {
    const { ok, reason } = await adapter.available(options);
    if (!ok && wanted.length > 1 && adapter !== wanted.at(-1)) {
      passed.push(`${adapter.name}: ${reason}`);
      continue;
    }
    const engine = await adapter.start(options);
    await requireDevices(engine, options);
    const why = wanted.length === 1 ? "as asked" : `best of "${request}"`;
    return {
      ...engine,
      description: `${engine.description} (${why}; ${reason}${passed.length === 0 ? "" : `; passed over ${passed.map((line) => line.split(":")[0]).join(", ")}`})`,
    };
  }
  throw new L3mError("L3M_ENGINE_MISSING", {
    message: `No engine of "${request}" is available.`,
    got: passed.join("; "),
    fix: "Run: npx l3m engine doctor",
  });
}

/** Refuses an engine that would run the mesh of a config on fewer devices. */
async function requireDevices(engine: Engine, { mesh }: EngineOptions): Promise<void> {
  const wanted = mesh === undefined ? 1 : deviceCount(mesh);
  if (engine.devices === wanted) return;
  await engine.stop();
  throw new L3mError("L3M_BAD_OPTION", {
    message: `The engine ${engine.name} cannot spread a step over a mesh.`,
    where: { path: "mesh" },
    expected: `${wanted} devices`,
    got: String(engine.devices),
    fix: "Use an XLA engine (--engine xla), or mesh.devices=1.",
  });
}
