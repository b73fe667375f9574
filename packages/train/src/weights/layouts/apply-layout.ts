/** Between a layout and a model: names by the layout's rules, forms as the other side has them. */
import { matchesGlob } from "@l3m/core";
import { badWeights } from "../bad-weights.ts";
import type { WeightSource, Weights } from "../weight-source.ts";
import { fitAttention, splitAttention, withShape } from "./fit-forms.ts";
import type { Declared, NameRule, TowerLayout, WeightLayout } from "./layout.ts";

/** Weights in a layout under the names, and in the forms, that a model declares. What has no rule, or no place, keeps its name. */
export function toModel(layout: WeightLayout, weights: Weights, declared: Declared): Weights {
  const renamed = new Map<string, WeightSource>();
  const towers = layout.towers.flatMap((tower) => {
    const ours = beginningOf(declared.keys(), tower.ourMarker);
    const theirs = [tower.prefix, ""].find((prefix) => weights.has(`${prefix}${tower.theirMarker}`));
    return ours === undefined || theirs === undefined ? [] : [{ tower, ours, theirs }];
  });
  for (const [name, source] of weights) {
    if (layout.ignored.some((glob) => matchesGlob(name, glob))) continue;
    const candidates = towers.flatMap(({ tower, ours, theirs }) => {
      const found = translate(name, tower.rules, (rule) => [
        rule.outside === true ? "" : theirs,
        rule.theirs,
        rule.ours,
      ]);
      return found === undefined ? [] : [`${ours}${found.name}`];
    });
    renamed.set(candidates.find((path) => declared.has(path)) ?? candidates[0] ?? name, source);
  }
  const fitted = fitAttention(renamed, declared);
  return new Map(
    [...fitted].map(([path, source]) => [path, withShape(source, declared.get(path)?.shape ?? source.shape)]),
  );
}

/**
 * The reverse. @throws L3M_WEIGHTS when the model has tensors that the layout has no name for; all are named
 *
 * @param file where the weights are from, for errors
 */
export function fromModel(layout: WeightLayout, weights: Weights, file: string): Weights {
  const separate = splitAttention(weights);
  const towers = layout.towers.flatMap((tower) => {
    const ours = beginningOf(separate.keys(), tower.ourMarker);
    return ours === undefined ? [] : [{ tower, ours }];
  });
  const renamed = new Map<string, WeightSource>();
  const unknown: string[] = [];
  for (const [path, source] of separate) {
    if (layout.absent.some((glob) => matchesGlob(path, glob))) continue;
    const found = towers
      .map(({ tower, ours }) => theirName(path, tower, ours, source))
      .find((candidate) => candidate !== undefined);
    if (found === undefined) unknown.push(path);
    else renamed.set(found.name, found.source);
  }
  if (unknown.length === 0) return renamed;
  throw badWeights(file, `The layout ${layout.name} has no place for ${unknown.length} of the model's tensors.`, {
    expected: `an encoder with ${layout.towers.map(({ ourMarker }) => `*${ourMarker}`).join(" or ")}, and names that it knows`,
    got: [...unknown.slice(0, 8), ...(unknown.length > 8 ? [`${unknown.length - 8} more`] : [])].join(", "),
    fix: "Export in the layout l3m, or train a model of that architecture.",
  });
}

function theirName(
  path: string,
  { rules, prefix }: TowerLayout,
  ours: string,
  source: WeightSource,
): { name: string; source: WeightSource } | undefined {
  const found = translate(path, rules, (rule) => [ours, rule.ours, rule.theirs]);
  if (found === undefined) return undefined;
  const { rank = source.shape.length, outside = false } = found.rule;
  const shape = source.shape.slice(source.shape.length - rank);
  return { name: `${outside ? "" : prefix}${found.name}`, source: withShape(source, shape) };
}

/** What stands before `marker` in the name that ends with it. */
function beginningOf(names: Iterable<string>, marker: string): string | undefined {
  for (const name of names) {
    if (name === marker) return "";
    if (name.endsWith(`.${marker}`)) return name.slice(0, -marker.length);
  }
  return undefined;
}

/** The first rule whose source template, behind its prefix, is the name; with its target template filled in. */
function translate(
  name: string,
  rules: readonly NameRule[],
  sides: (rule: NameRule) => readonly [prefix: string, from: string, to: string],
): { name: string; rule: NameRule } | undefined {
  for (const rule of rules) {
    const [prefix, from, to] = sides(rule);
    if (!name.startsWith(prefix)) continue;
    const found = patternOf(from).exec(name.slice(prefix.length))?.groups;
    if (found !== undefined)
      return { name: to.replace("{i}", found["i"] ?? "").replace("{k}", found["k"] ?? ""), rule };
  }
  return undefined;
}

const patterns = new Map<string, RegExp>();

function patternOf(template: string): RegExp {
  const known = patterns.get(template);
  if (known !== undefined) return known;
  const source = template.replaceAll(".", "\\.").replace("{i}", "(?<i>\\d+)").replace("{k}", "(?<k>weight|bias)");
  const pattern = new RegExp(`^${source}(?<end>)$`);
  patterns.set(template, pattern);
  return pattern;
}
