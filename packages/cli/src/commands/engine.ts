/** l3m engine list | install | doctor */
import { Argument, type Command } from "@commander-js/extra-typings";
import { doctor, type InstallableEngine, installEngine, listEngines } from "@l3m/pjrt";
import pc from "picocolors";
import type { SetExitCode } from "../main.ts";
import { useToolSettings } from "../tool-settings.ts";
import { terminalReporter } from "../terminal/terminal-reporter.ts";

const INSTALLABLE = ["cpu", "cuda13", "cuda12", "tfjs-node"] as const satisfies readonly InstallableEngine[];

export function addEngineCommand(program: Command, setExitCode: SetExitCode): void {
  const engine = program
    .command("engine")
    .description("Engines: what is installed, installing, finding out what is wrong.");
  engine
    .command("list")
    .description("What can be installed, and what is.")
    .action(async () => {
      await useToolSettings();
      for (const { engine: name, found, choices } of listEngines()) {
        process.stdout.write(
          `${pc.bold(name)}  ${found === undefined ? "not installed" : `${found.path} (from ${found.source})`}\n`,
        );
        for (const choice of choices) {
          const notes = [
            `${megabytes(choice.bytes)} MB`,
            choice.arch,
            ...(choice.runsHere ? [] : ["not for this machine"]),
            ...(choice.installed === undefined ? [] : ["installed"]),
          ];
          process.stdout.write(`  ${choice.project} ${choice.version}  (${notes.join(", ")})\n`);
        }
      }
    });
  engine
    .command("install")
    .description("Download an engine into the cache (checked against the wheel lock).")
    .addArgument(new Argument("<engine>", "which one").choices(INSTALLABLE))
    .option("--wheel <file...>", "use wheel files on this machine instead of a download")
    .action(async (name, options) => {
      const { terminal } = await useToolSettings();
      const reporter = terminalReporter(terminal.progress);
      try {
        const { project, version, path } = await installEngine(name, {
          onPlan: ({ project, version, wheels, bytes, bytesThere }) =>
            reporter.info(
              `${project} ${version}: ${wheels === 1 ? "1 wheel" : `${wheels} wheels`}, ${megabytes(bytes)} MB${bytesThere === 0 ? "" : `, of which ${megabytes(bytesThere)} MB are here already`}`,
            ),
          onProgress: ({ phase, file, bytes, totalBytes }) => reporter.work(`${phase} ${file}`, bytes, totalBytes),
          ...(options.wheel === undefined ? {} : { wheels: options.wheel }),
        });
        reporter.info(`${project} ${version} is installed: ${path}`);
      } finally {
        reporter.close();
      }
    });
  engine
    .command("doctor")
    .description("Check one engine step by step and say what would cure it.")
    .addArgument(new Argument("[engine]", "which one").choices(INSTALLABLE).default("cpu" as const))
    .action(async (name) => {
      await useToolSettings();
      const checks = await doctor({ engine: name });
      for (const { name: what, ok, why, fix } of checks) {
        process.stdout.write(
          `${ok ? pc.green("ok  ") : pc.red("bad ")} ${what.padEnd(10)} ${why}${fix === undefined ? "" : `\n                fix: ${fix}`}\n`,
        );
      }
      setExitCode(checks.every(({ ok }) => ok) ? 0 : 1);
    });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
