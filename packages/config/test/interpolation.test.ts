/** `${}` beyond the goldens: resolvers, quoting, environment, and every error with its place. */
import { expect, it } from "vitest";
import { pythonText } from "../src/interpolation/python-text.ts";
import { resolveTree } from "../src/interpolation/resolve-tree.ts";
import { toPlainTree, type ConfigTree } from "../src/tree/config-node.ts";
import { readYaml } from "../src/yaml/read-yaml.ts";
import { SourceText } from "../src/yaml/source-text.ts";
import { placesOf } from "./caught-errors.ts";

function resolve(yaml: string, env: Record<string, string> = {}) {
  const reading = readYaml(new SourceText("c.yaml", yaml));
  expect(reading.errors).toEqual([]);
  const { node, errors } = resolveTree(reading.node, env);
  return { tree: toPlainTree(node), errors };
}

it.each<[string, ConfigTree]>([
  ["{a: '${oc.env:HOME_DIR}', b: '${oc.env:N}', c: '${env:N}'}", { a: "/home/x", b: "12", c: 12 }],
  [
    "{a: '${oc.env:NO,5}', b: '${env:NO,5}', c: '${oc.env:NO,null}', d: '${env:NO,true}'}",
    { a: "5", b: 5, c: null, d: true },
  ],
  ["{a: '${oc.env:NO,\"x, y\"}', b: \"${oc.env:NO,'}'}\", c: '${oc.env:NO,a b }'}", { a: "x, y", b: "}", c: "a b" }],
  ["{d: x, a: '${oc.env:NO,${d}/data}', b: '${oc.env:HOME_DIR}/${d}'}", { d: "x", a: "x/data", b: "/home/x/x" }],
  ["{n: [{k: 3}], i: 0, a: '${n[${i}].k}', b: '${n.${i}.k}'}", { n: [{ k: 3 }], i: 0, a: 3, b: 3 }],
  ["{m: {'a.b': 1}, a: '${m[a.b]}', b: '${m[\"a.b\"]}'}", { m: { "a.b": 1 }, a: 1, b: 1 }],
  ["{a: [1, '${.0}', ['${..0}']]}", { a: [1, 1, [1]] }],
  ["{a: '\\\\${x} \\${x}', x: 1}", { a: "\\1 ${x}", x: 1 }],
  ["{a: '${b.c}', b: '${d}', d: {c: '${e}'}, e: 4}", { a: 4, b: { c: 4 }, d: { c: 4 }, e: 4 }],
  [
    "{t: '[1, 2.5, {a: null}]', a: '${oc.decode:${t}}', b: \"${oc.decode:'3'}\", c: '${oc.decode:${oc.env:N}}', d: '${oc.decode:null}', e: '${oc.decode:word}'}",
    { t: "[1, 2.5, {a: null}]", a: [1, 2.5, { a: null }], b: 3, c: 12, d: null, e: "word" },
  ],
  [
    "{m: {x: 1, y: '${m.x}'}, k: '${oc.dict.keys:m}', v: '${oc.dict.values:${m}}', r: {v: '${oc.dict.values:..m}'}, c: '${oc.create:${m}}'}",
    { m: { x: 1, y: 1 }, k: ["x", "y"], v: [1, 1], r: { v: [1, 1] }, c: { x: 1, y: 1 } },
  ],
  [
    "{a: {x: 1, y: '${a.x}'}, b: '${oc.select:a.z,${a.x}}', c: '${oc.select:a}'}",
    { a: { x: 1, y: 1 }, b: 1, c: { x: 1, y: 1 } },
  ],
  ["{a: '${ b.c }', b: {c: 2}}", { a: 2, b: { c: 2 } }],
])("%s", (yaml, expected) => {
  const { tree, errors } = resolve(yaml, { HOME_DIR: "/home/x", N: "12" });
  expect(errors.map((error) => error.message)).toEqual([]);
  expect(tree).toEqual(expected);
});

it("reads a relative reference where it is written, also when its map is copied elsewhere", () => {
  expect(resolve("home: {n: 1, m: '${.n}'}\nother: {n: 2, copy: '${home}'}").tree).toMatchObject({
    other: { copy: { n: 1, m: 1 } },
  });
});

it.each<[string, string, RegExp]>([
  ["a:\n  b: ${a.cc}\n  c: 1", "2:6 a.b", /^\$\{a\.cc\} points to nothing: "a" has no "cc"\. Did you mean "c"\?$/],
  ["a: ${.bb}\nb: 1", "1:4 a", /the config has no "bb"/],
  ["a: [1]\nb: ${a.1}", "2:4 b", /"a" has no "1"/],
  ["a: 1\nb: ${a.x}", "2:4 b", /"a" has no "x"/],
  ["a: x${b}\nb: ${c}\nc: ${a}", "1:4 a", /in a circle: a -> b -> c -> a/],
  ["a: {x: '${a}'}", "1:8 a.x", /in a circle: a\.x -> a\.x/],
  ["a: ${ad:1}", "1:4 a", /no resolver "ad"\. Did you mean "add"\?/],
  ["{n: 3, a: '${oc.dict.keys:n}'}", "1:11 a", /oc\.dict\.keys/],
  ["a: ${oc.decode:'[1, 2'}", "1:4 a", /oc\.decode/],
  ["a: ${oc.create:1}", "1:4 a", /oc\.create/],
  ["a: ${oc.env:NO}", "1:4 a", /The environment variable NO is not set/],
  ["a: ${add:1,x}", "1:4 a", /\$\{add:\.\.\.\} cannot be computed/],
  ["a: ${div_int:1,0}", "1:4 a", /cannot be computed/],
  ["a: ${sqrt_div:1}", "1:4 a", /cannot be computed/],
  ["a: '${b'\nb: 1", "1:4 a", /malformed at character 4: "\}" is missing/],
  ["a: '${}'", "1:4 a", /a key is empty/],
  ["a: '${b..c}'", "1:4 a", /a key is empty/],
  ["a: '${...b}'\nb: 1", "1:4 a", /climbs above the top/],
  ["a: x${b}\nb: [1]", "1:4 a", /b cannot be part of a longer text/],
])("%j fails at %s", (yaml, place, message) => {
  const { errors } = resolve(yaml);
  expect(placesOf(errors).map((text) => text.replace("L3M_CONFIG_INTERPOLATION ", ""))).toContain(place);
  expect(errors[0]?.details.message).toMatch(message);
});

it("reports every broken reference once, however many lead there", () => {
  const { errors } = resolve("a: ${no}\nb: ${a}\nc: ['x-${a}', '${b}']\nd: ${nope}");
  expect(placesOf(errors)).toEqual(["L3M_CONFIG_INTERPOLATION 1:4 a", "L3M_CONFIG_INTERPOLATION 4:4 d"]);
});

it.each([
  [0.0001, "0.0001"],
  [0.00001234, "1.234e-05"],
  [3, "3.0"],
  [-0, "-0.0"],
  [1e15, "1000000000000000.0"],
  [1e16, "1e+16"],
  [1.5e-300, "1.5e-300"],
  [-123.456, "-123.456"],
  [Number.POSITIVE_INFINITY, "inf"],
  [Number.NaN, "nan"],
])("prints the float %d as Python does", (value, text) => {
  expect(pythonText({ value, float: true })).toBe(text);
});
