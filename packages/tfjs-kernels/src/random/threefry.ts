/**
 * Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), the counter-based
 * generator behind all of L3M's randomness. Bits depend only on key, stream and element index, so they are the same on
 * every engine and under every sharding.
 */

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const PARITY = 0x1bd11bda;

/** Rotation distances of round `i` (period 8); engines that lower the generator use the same table. */
export const THREEFRY_ROTATIONS: readonly number[] = ROTATIONS;
/** Constant xored into the third key word. */
export const THREEFRY_PARITY = PARITY;

/** Two 32-bit words, as signed int32. */
export type Words = readonly [number, number];

/** One block: encrypts the counter `(c0, c1)` under `key`. */
export function threefry2x32(key: Words, c0: number, c1: number): Words {
  const keys = [key[0] | 0, key[1] | 0, key[0] ^ key[1] ^ PARITY] as const;
  let x0 = (c0 + keys[0]) | 0;
  let x1 = (c1 + keys[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = ROTATIONS[round % 8] as number;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + (keys[injection % 3] as number)) | 0;
      x1 = (x1 + (keys[(injection + 1) % 3] as number) + injection) | 0;
    }
  }
  return [x0, x1];
}

/** The key of one stream of `key`. */
export function streamKey(key: Words, stream: Words): Words {
  return threefry2x32(key, stream[0], stream[1]);
}

/** `count` words of `stream` under `key`: element i is `x0 ^ x1` of the block with counter `(i >> 32, i)`. */
export function threefryBits(key: Words, stream: Words | undefined, count: number): Int32Array {
  const ownKey = stream === undefined ? key : streamKey(key, stream);
  const bits = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const [x0, x1] = threefry2x32(ownKey, Math.floor(i / 2 ** 32), i | 0);
    bits[i] = x0 ^ x1;
  }
  return bits;
}

/** A stream id from a name: two independent 32-bit FNV-1a hashes of its UTF-16 code units. */
export function streamOf(name: string): Words {
  return [fnv1a(name, 0x811c9dc5), fnv1a(name, 0x9747b28c)];
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
