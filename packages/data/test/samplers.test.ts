/** What every sampler promises: each item when it should come, and exact continuation from a saved state. */
import { build, type Dataset, Registry, type Sampler } from "@l3m/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import dataPlugin, {
  DistinctConceptsSampler,
  InfiniteDataSampler,
  SequentialSampler,
  ShuffledSampler,
} from "../src/index.ts";

function datasetOf(length: number, concepts?: readonly number[]): Dataset {
  return { length, ...(concepts === undefined ? {} : { concepts: Int32Array.from(concepts) }), get: () => ({}) };
}

function take(sampler: Sampler, batches: number): number[][] {
  return Array.from({ length: batches }, () => [...(sampler.next()?.indices ?? [])]);
}

const styled = datasetOf(
  50,
  Array.from({ length: 50 }, (_, i) => Math.floor(i / 3)),
);

describe("SequentialSampler", () => {
  it("gives every item once and a short last batch", () => {
    const sampler = new SequentialSampler({ dataset: datasetOf(5), batchSize: 2, seed: 0 });
    expect(take(sampler, 3)).toEqual([[0, 1], [2, 3], [4]]);
    expect(sampler.next()).toBeUndefined();
  });

  it("drops a short last batch, or goes on with full ones, if asked", () => {
    const inputs = { dataset: datasetOf(5), batchSize: 2, seed: 0 };
    const dropping = new SequentialSampler(inputs, { dropLast: true });
    take(dropping, 2);
    expect(dropping.next()).toBeUndefined();
    expect(take(new SequentialSampler(inputs, { repeat: true }), 4)).toEqual([
      [0, 1],
      [2, 3],
      [4, 0],
      [1, 2],
    ]);
  });
});

describe("ShuffledSampler", () => {
  it("gives every item once per epoch, each epoch in another order", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(),
        (length, batchSize, seed) => {
          const sampler = new ShuffledSampler({ dataset: datasetOf(length), batchSize, seed });
          const stream = take(sampler, Math.ceil((3 * length) / batchSize)).flat();
          for (let epoch = 0; epoch < 3; epoch++) {
            const items = stream.slice(epoch * length, (epoch + 1) * length);
            expect(items.sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
          }
        },
      ),
    );
    const sampler = new ShuffledSampler({ dataset: datasetOf(100), batchSize: 100, seed: 0 });
    const [first, second] = take(sampler, 2);
    expect(first).not.toEqual(second);
  });
});

describe("DistinctConceptsSampler", () => {
  it("never repeats a concept in a batch, and gives each once per epoch as far as full batches go", () => {
    const sampler = new DistinctConceptsSampler({ dataset: styled, batchSize: 5, seed: 1 });
    for (let epoch = 0; epoch < 4; epoch++) {
      const concepts = take(sampler, 3).map((batch) => batch.map((index) => styled.concepts?.[index]));
      for (const batch of concepts) expect(new Set(batch).size).toBe(5);
      expect(new Set(concepts.flat()).size).toBe(15); // 17 concepts: two are dropped
    }
  });

  it("shows all items of a concept in the long run", () => {
    const sampler = new DistinctConceptsSampler({ dataset: styled, batchSize: 17, seed: 0 });
    const counts = new Int32Array(50);
    for (const index of take(sampler, 300).flat()) counts[index] = (counts[index] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(60);
    expect(Math.max(...counts.subarray(0, 48))).toBeLessThan(150);
  });

  it("needs concepts, and enough of them", () => {
    expect(() => new DistinctConceptsSampler({ dataset: datasetOf(5), batchSize: 2, seed: 0 })).toThrowError(
      /L3M_BAD_OPTION[\s\S]*data\/shuffled/,
    );
    expect(() => new DistinctConceptsSampler({ dataset: styled, batchSize: 18, seed: 0 })).toThrowError(
      /at least 18 concepts/,
    );
  });
});

describe("InfiniteDataSampler", () => {
  it("has replicas that see each item once per epoch together, but for a rest that is never seen", () => {
    const inputs = { dataset: datasetOf(11), batchSize: 3, seed: 5 };
    const [a = [], b = [], c = []] = [0, 1, 2].map((rank) =>
      take(new InfiniteDataSampler(inputs, { replica: { rank, count: 3 } }), 2),
    );
    for (const epoch of [0, 1])
      expect([a, b, c].flatMap((batches) => batches[epoch] ?? []).sort((x, y) => x - y)).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7, 8,
      ]);
  });

  it("can be taken back to an earlier epoch", () => {
    const sampler = new InfiniteDataSampler({ dataset: datasetOf(7), batchSize: 7, seed: 0 });
    const start = sampler.state();
    const stream = take(sampler, 3);
    sampler.restore(start);
    expect(take(sampler, 3)).toEqual(stream);
  });

  it("refuses what would never end or is not there", () => {
    const make = (options: object): Sampler =>
      build(
        new Registry([dataPlugin]),
        "sampler",
        { sampler: "data/infinite-data-sampler", ...options },
        { parent: { dataset: datasetOf(3), batch_size: 1, seed: 0 } },
      ).product;
    expect(() => make({ num_replicas: 4 })).toThrowError(/at least 4 items/);
    expect(() => make({ num_replicas: 2, rank: 2 })).toThrowError(/L3M_BAD_OPTION[\s\S]*rank from 0 to 1/);
    const inOrder = make({ shuffle: false });
    expect(() => make({}).restore(inOrder.state())).toThrowError(/L3M_CHECKPOINT/);
  });
});

describe.each([
  ["data/sequential", { repeat: true }],
  ["data/shuffled", {}],
  ["data/distinct-concepts", {}],
  ["data/infinite-data-sampler", { seek_ahead: 3 }],
  ["data/infinite-data-sampler", { shuffle: false, num_replicas: 4, rank: 3 }],
  ["data/random-sampler", {}],
  ["data/distributed-sampler", { num_replicas: 3, rank: 2 }],
])("%s", (name, options) => {
  const registry = new Registry([dataPlugin]);
  const create = (seed: number, dataset = styled): Sampler =>
    build(registry, "sampler", { sampler: name, ...options }, { parent: { dataset, batch_size: 6, seed } }).product;

  it("goes on exactly from a saved state", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.nat(), (before, seed) => {
        const whole = create(seed);
        take(whole, before);
        const state = JSON.parse(JSON.stringify(whole.state())) as unknown;
        const resumed = create(seed);
        resumed.restore(state);
        for (let i = 0; i < 20; i++) expect(resumed.next()).toEqual(whole.next());
        expect(resumed.state()).toEqual(whole.state());
      }),
      { numRuns: 30 },
    );
  });

  it("refuses the state of other data", () => {
    expect(() => create(0).restore(create(1).state())).toThrowError(/L3M_CHECKPOINT/);
    expect(() =>
      create(0).restore(
        create(
          0,
          datasetOf(
            49,
            Array.from({ length: 49 }, (_, i) => i),
          ),
        ).state(),
      ),
    ).toThrowError(/length/);
    expect(() => create(0).restore({ position: 3 })).toThrowError(/L3M_CHECKPOINT/);
  });
});
