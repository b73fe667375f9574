/** `args`: a layer called with positional and named inputs. */
import { type Definition, type ForwardContext, isTensor, type Loss, type PosEmbed, Rng } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import { L3mError } from "@l3m/errors";
import { names, stored } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";
import { buildTarget, runModule } from "../module-case.ts";

type Tensor = tf.Tensor;

interface Call {
  readonly args: readonly string[];
  readonly kwargs?: Readonly<Record<string, string>>;
  /** Parameters given null. */
  readonly null_kwargs?: readonly string[];
  /** Parameters given a literal. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Inputs that replace random draws. */
  readonly draws?: readonly string[];
  readonly method?: string;
}

export const args: Handler = {
  builds: ({ target, options }) => [target, options],
  run(golden, surroundings) {
    const { definition } = surroundings.registry.get(golden.target);
    const call = golden.fields["call"] as Call;
    const built = buildTarget(definition.kind === "loss" ? withReadKey(golden) : golden, surroundings);
    const inverse = golden.fields["inverse"];
    const position = new Map(names(golden, "outputs").map((name, i) => [name, i]));
    const also = new Map(typeof inverse === "string" ? [[inverse, stored(golden, `in.${call.args[0]}`)]] : []);
    return runModule(
      golden,
      surroundings,
      built,
      (inputs, context) => {
        const given = (name: string): Tensor => inputs.get(`in.${name}`) as Tensor;
        const draws = (call.draws ?? []).map(given);
        const drawing = draws.length === 0 ? context : { ...context, rng: new GivenDraws(draws) };
        const values = toList(callProduct(built.product, definition, call, given, drawing));
        return (name) =>
          (also.has(name)
            ? toList(methodOf(built.product, name)(values[0]))[0]
            : values[position.get(name) ?? 0]) as Tensor;
      },
      also,
    );
  },
};

function callProduct(
  product: unknown,
  definition: Definition,
  call: Call,
  given: (name: string) => Tensor,
  context: ForwardContext,
): unknown {
  const positional = call.args.map(given);
  const named = {
    ...call.values,
    ...Object.fromEntries(Object.entries(call.kwargs ?? {}).map(([parameter, input]) => [parameter, given(input)])),
  };
  if (call.method !== undefined) return methodOf(product, call.method)(...positional, ...Object.values(named));
  if (isPosEmbed(product)) {
    const [q, k, v] = positional as [Tensor, Tensor, Tensor];
    const rotated = product.rotate({ q, k, v, ...camelCased(named) });
    return [rotated.q, rotated.k, rotated.v];
  }
  const [x, ...rest] = positional;
  const byPosition = Object.fromEntries(rest.map((tensor, i) => [definition.inputs?.[i] ?? call.args[i + 1], tensor]));
  return methodOf(product, "forward")(x, context, { ...byPosition, ...named });
}

/** Hands out given draws, whatever they are asked for, in order. */
class GivenDraws extends Rng {
  readonly #draws: readonly Tensor[];
  #next = 0;

  constructor(draws: readonly Tensor[]) {
    super(tf.tensor1d([0, 0], "int32"));
    this.#draws = draws;
  }
  override child(): Rng {
    return this;
  }
  override keep(_name: string, shape: readonly number[]): Tensor {
    return tf.reshape(this.#draw(), [...shape]);
  }
  override uniform(_name: string, shape: readonly number[]): Tensor {
    return tf.reshape(this.#draw(), [...shape]);
  }
  #draw(): Tensor {
    return this.#draws[this.#next++ % this.#draws.length] as Tensor;
  }
}

/** A loss says what it reads, also one that is only asked for a method. */
function withReadKey(golden: GoldenCase): GoldenCase {
  return { ...golden, options: { read_key: "predictions", ...golden.options } };
}

function methodOf(product: unknown, name: string): (...args: readonly unknown[]) => unknown {
  const owner = product as Record<string, unknown> & Pick<Loss, "functions">;
  const method = owner[name] ?? owner[camelCase(name)] ?? owner.functions?.[name];
  if (typeof method === "function") return (...given) => method.apply(owner, given) as unknown;
  throw new L3mError("L3M_UNKNOWN_NAME", {
    message: `What the case builds has no method "${name}".`,
    got: Object.keys(owner).join(", "),
    fix: "Export it on the product.",
  });
}

function isPosEmbed(product: unknown): product is PosEmbed {
  return typeof product === "object" && product !== null && "rotate" in product;
}

function toList(value: unknown): readonly Tensor[] {
  return isTensor(value) ? [value] : (value as readonly Tensor[]);
}

function camelCased(named: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [camelCase(name), value]));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
