"""The quickstart's training step in plain JAX, on random data: the same shapes, optimizer and precision (f32).

    python tools/bench/jax_quickstart_step.py [steps]        needs jax and numpy; prints one JSON line
"""
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

BATCH, SIDE, PATCH, VOCAB, CONTEXT, JOINT = 128, 32, 16, 1024, 16, 64
IMAGE = dict(width=128, depth=3, heads=4)
TEXT = dict(width=64, depth=1, heads=2)


def dense(key, inputs, outputs):
    return {"w": jax.random.normal(key, (inputs, outputs)) * inputs**-0.5, "b": jnp.zeros(outputs)}


def tower(key, width, depth, heads):
    del heads
    blocks = []
    for block in jax.random.split(key, depth):
        k = jax.random.split(block, 6)
        blocks.append({
            "norm_1": jnp.ones(width), "norm_2": jnp.ones(width),
            "q": dense(k[0], width, width), "k": dense(k[1], width, width), "v": dense(k[2], width, width),
            "proj": dense(k[3], width, width), "up": dense(k[4], width, 4 * width), "down": dense(k[5], 4 * width, width),
        })
    return blocks


def init(key):
    k = jax.random.split(key, 8)
    patches, patch_size = (SIDE // PATCH) ** 2, 3 * PATCH * PATCH
    return {
        "patch": dense(k[0], patch_size, IMAGE["width"]), "pos": jax.random.normal(k[1], (patches, IMAGE["width"])) * 0.02,
        "image": tower(k[2], **IMAGE), "image_norm": jnp.ones(IMAGE["width"]), "image_head": dense(k[3], IMAGE["width"], JOINT)["w"],
        "embed": jax.random.normal(k[4], (VOCAB, TEXT["width"])) * 0.02, "text_pos": jax.random.normal(k[5], (CONTEXT, TEXT["width"])) * 0.01,
        "text": tower(k[6], **TEXT), "text_norm": jnp.ones(TEXT["width"]), "text_head": dense(k[7], TEXT["width"], JOINT)["w"],
        "scale": jnp.log(1 / 0.07),
    }


def layer_norm(x, gain):
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-5) * gain


def apply(p, x):
    return x @ p["w"] + p["b"]


def trunk(x, blocks, heads, causal):
    batch, length, width = x.shape
    split = lambda y: y.reshape(batch, length, heads, width // heads).transpose(0, 2, 1, 3)
    for p in blocks:
        h = layer_norm(x, p["norm_1"])
        q, k, v = (split(apply(p[name], h)) for name in "qkv")
        scores = q @ k.transpose(0, 1, 3, 2) * (width // heads) ** -0.5
        if causal:
            scores = jnp.where(jnp.tril(jnp.ones((length, length), bool)), scores, -1e30)
        y = (jax.nn.softmax(scores, -1) @ v).transpose(0, 2, 1, 3).reshape(batch, length, width)
        x = x + apply(p["proj"], y)
        x = x + apply(p["down"], jax.nn.gelu(apply(p["up"], layer_norm(x, p["norm_2"])), approximate=False))
    return x


def unit(x):
    return x / jnp.maximum(jnp.linalg.norm(x, axis=-1, keepdims=True), 1e-12)


def loss_fn(p, image, text, mask):
    grid = SIDE // PATCH
    patches = image.reshape(BATCH, 3, grid, PATCH, grid, PATCH).transpose(0, 2, 4, 1, 3, 5).reshape(BATCH, grid * grid, -1)
    x = layer_norm(trunk(apply(p["patch"], patches) + p["pos"], p["image"], IMAGE["heads"], False), p["image_norm"])
    images = unit(x.mean(1) @ p["image_head"]) * jnp.exp(jnp.clip(p["scale"], 0, jnp.log(100.0)))
    t = layer_norm(trunk(p["embed"][text] + p["text_pos"], p["text"], TEXT["heads"], True), p["text_norm"])
    texts = unit((t * mask[..., None]).sum(1) / mask.sum(1, keepdims=True) @ p["text_head"])
    logits = images @ texts.T
    diagonal = jnp.diagonal(logits)
    rows = (jax.nn.logsumexp(logits, 1) - diagonal).mean()
    columns = (jax.nn.logsumexp(logits, 0) - diagonal).mean()
    return (rows + columns) / 2


def step(p, m, v, image, text, mask, t, lr):
    loss, grads = jax.value_and_grad(loss_fn)(p, image, text, mask)
    norm = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(grads)))
    grads = jax.tree.map(lambda g: g * jnp.minimum(1.0, 1.0 / (norm + 1e-6)), grads)
    b1, b2 = 0.9, 0.98
    m = jax.tree.map(lambda a, g: a + (1 - b1) * (g - a), m, grads)
    v = jax.tree.map(lambda a, g: b2 * a + (1 - b2) * g * g, v, grads)
    decay = lambda x: 0.1 if x.ndim == 2 else 0.0
    update = lambda x, a, b: x * (1 - lr * decay(x)) - lr / (1 - b1**t) * a / (jnp.sqrt(b) / jnp.sqrt(1 - b2**t) + 1e-8)
    return jax.tree.map(update, p, m, v), m, v, loss, norm


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    rng = np.random.default_rng(0)
    params = init(jax.random.key(0))
    zeros = jax.tree.map(jnp.zeros_like, params)
    compiled = jax.jit(step, donate_argnums=(0, 1, 2))
    state = (params, zeros, jax.tree.map(jnp.zeros_like, params))
    times = []
    for i in range(steps):
        image = rng.standard_normal((BATCH, 3, SIDE, SIDE), dtype=np.float32)
        text = rng.integers(0, VOCAB, (BATCH, CONTEXT)).astype(np.int32)
        mask = (np.arange(CONTEXT)[None] < rng.integers(2, CONTEXT + 1, (BATCH, 1))).astype(np.float32)
        start = time.perf_counter()
        *state, loss, norm = compiled(*state, image, text, mask, np.float32(i + 1), np.float32(1e-3))
        float(loss)
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({"engine": f"jax {jax.__version__}", "stepMs": float(np.median(times[1:])), "compileMs": times[0]}))


main()
