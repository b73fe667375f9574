/**
 * The child process of {@link doctor}: `node probe.js PLUGIN` loads the plugin, lists devices and adds two matrices. It prints a
 * JSON line after each step, so that its parent knows how far it came when it crashes.
 */
import { L3mError } from "@l3m/errors";
import { loadPlugin } from "../load-plugin.ts";

/** What the lines say together. */
export interface ProbeReport {
  version?: string;
  stablehlo?: string;
  devices?: string[];
  sum?: string;
  error?: string;
}

const ADD = `func.func @main(%a: tensor<2x2xf32>, %b: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = stablehlo.add %a, %b : tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}`;

function report(part: ProbeReport): void {
  process.stdout.write(`${JSON.stringify(part)}\n`);
}

function probe(plugin: string): void {
  const api = loadPlugin(plugin);
  const stablehlo = api.attributes()["stablehlo_current_version"];
  report({
    version: `${api.version.major}.${api.version.minor}`,
    stablehlo: Array.isArray(stablehlo) ? stablehlo.join(".") : "unknown",
  });
  const client = api.createClient();
  report({ devices: client.devices.map((device) => device.description) });
  const executable = client.compileSync(ADD);
  const [a, b] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(10, 20, 30, 40)].map((data) =>
    client.bufferFromHost(data, "f32", [2, 2]),
  );
  const sum = new Float32Array(4);
  if (a !== undefined && b !== undefined) executable.execute([[a, b]])[0]?.[0]?.toHostSync(sum);
  if (sum.join() !== "11,22,33,44")
    throw new L3mError("L3M_PJRT", {
      message: "a compiled addition is wrong",
      expected: "11,22,33,44",
      got: sum.join(),
    });
  report({ sum: `a compiled addition of two matrices on ${client.platformName}` });
}

try {
  probe(process.argv[2] ?? "");
} catch (error) {
  report({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
