/** Hydra's rules for building objects, with a constructor that records how it was called. */
import { expect, it } from "vitest";
import { configFromTree } from "../src/load-config.ts";
import { instantiate, PartialTarget, type Factory, type Keywords } from "../src/instantiate.ts";
import type { ConfigTree } from "../src/tree/config-node.ts";
import { caughtErrors } from "./caught-errors.ts";

class Recording {
  readonly args: readonly unknown[];
  readonly keywords: Keywords;

  constructor(args: readonly unknown[], keywords: Keywords) {
    this.args = args;
    this.keywords = keywords;
  }
}

const targets: ReadonlyMap<string, Factory> = new Map([["rec.A", (args, keywords) => new Recording(args, keywords)]]);
const A = (keywords: Keywords = {}, args: readonly unknown[] = []) => new Recording(args, keywords);
const run = (node: ConfigTree, options: { args?: ConfigTree[]; keywords?: Record<string, ConfigTree> } = {}) =>
  instantiate(node, { targets, ...options });

it("builds depth first, keeps nulls, lists and maps", () => {
  const node = {
    _target_: "rec.A",
    x: [1, { _target_: "rec.A", y: 2 }],
    d: { q: { _target_: "rec.A" } },
    n: null,
  };
  expect(run(node)).toEqual(A({ x: [1, A({ y: 2 })], d: { q: A() }, n: null }));
  expect(run([{ _target_: "rec.A" }, 5])).toEqual([A(), 5]);
  expect(run({ imagenet: { _target_: "rec.A" }, other: 5 })).toEqual({ imagenet: A(), other: 5 });
  expect(run(null)).toBeNull();
});

it("takes positionals from _args_, or instead from the call; keywords of the call win", () => {
  expect(run({ _target_: "rec.A", _args_: [1, { _target_: "rec.A" }] })).toEqual(A({}, [1, A()]));
  expect(run({ _target_: "rec.A", _args_: [1, 2] }, { args: [9] })).toEqual(A({}, [9]));
  expect(run({ _target_: "rec.A", x: 1 }, { keywords: { download: true, x: 2 } })).toEqual(A({ x: 2, download: true }));
});

it("a partial keeps the objects that it was made with, and later keywords win", () => {
  const partial = run({ _target_: "rec.A", _partial_: true, l: [1, 2], rope: { _target_: "rec.A" } });
  if (!(partial instanceof PartialTarget)) throw new TypeError("no partial");
  const [first, second] = [partial.call([], { l: 5, z: 1 }), partial.call([7])];
  expect(first).toEqual(A({ l: 5, rope: A(), z: 1 }));
  expect(second).toEqual(A({ l: [1, 2], rope: A() }, [7]));
  expect((first as Recording).keywords["rope"]).toBe((second as Recording).keywords["rope"]);
});

it("two references to one node give two objects, and references mean the whole config", () => {
  const { tree } = configFromTree({ c: { d: 7 }, t: { _target_: "rec.A", k: "${c.d}" }, m: ["${t}", "${t}"] });
  const [one, two] = run(tree["m"] ?? null) as [unknown, unknown];
  expect(one).toEqual(A({ k: 7 }));
  expect(two).toEqual(one);
  expect(two).not.toBe(one);
});

it("_recursive_: false passes nodes on as data", () => {
  const node = { _target_: "rec.A", _recursive_: false, x: { _target_: "rec.A", y: 1 } };
  expect(run(node)).toEqual(A({ x: { _target_: "rec.A", y: 1 } }));
});

it.each<[ConfigTree, string, string | undefined]>([
  [{ _target_: "rec.B" }, "L3M_UNKNOWN_NAME", ""],
  [{ _target_: "rec.A", m: [{ _target_: "rec.Nope" }] }, "L3M_UNKNOWN_NAME", "m.0"],
  [{ _target_: "rec.A", _partial_: "yes" }, "L3M_BAD_OPTION", "_partial_"],
  [{ _target_: "rec.A", _recursive_: 1 }, "L3M_BAD_OPTION", "_recursive_"],
  [{ m: { _target_: "rec.A", _args_: 1 } }, "L3M_BAD_OPTION", "m._args_"],
  [{ _target_: 5 }, "L3M_BAD_OPTION", "_target_"],
  [5, "L3M_BAD_OPTION", ""],
])("%j fails at its key", (node, code, path) => {
  const [error] = caughtErrors(() => run(node));
  expect([error?.code, error?.details.where?.path]).toEqual([code, path]);
});
