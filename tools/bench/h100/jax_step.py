"""The training step of ours written plainly in JAX, which uses the compiler that we use. Prints one JSON line.

    python3 jax_step.py SPEC.json [--weights FILE] [--steps N] [--warmup N] [--flags="--xla_..."] [--cache DIR] [--attention auto|cudnn|xla]

SPEC.json and FILE are what `step --dump-spec` and `--dump-weights` write. bf16 copies of f32 masters are part of the donated state; clipping and
AdamW are in the same program; logits stay bf16. cuDNN's attention wants even lengths in training here, so an odd number of tokens is
padded to a multiple of 8 for the whole trunk; padded keys are masked where attention is not causal.
"""
import argparse
import functools
import json
import math
import os
import statistics
import struct
import time

START = time.time()
parser = argparse.ArgumentParser()
parser.add_argument("spec")
parser.add_argument("--weights")
parser.add_argument("--steps", type=int, default=20)
parser.add_argument("--warmup", type=int, default=5)
parser.add_argument("--flags", default="")
parser.add_argument("--cache")
parser.add_argument("--attention", default="auto", choices=["auto", "cudnn", "xla"])
args = parser.parse_args()
os.environ["XLA_FLAGS"] = args.flags
os.environ.setdefault("XLA_PYTHON_CLIENT_MEM_FRACTION", "0.93")
import jax
import jax.numpy as jnp
import numpy as np

PEAK_FLOPS = 989.4e12
f32, bf16 = jnp.float32, jnp.bfloat16
spec = json.load(open(args.spec))
dtype = bf16 if spec["precision"] == "bf16" else f32
on_gpu = jax.default_backend() == "gpu"
implementation = ("cudnn" if on_gpu and dtype == bf16 else "xla") if args.attention == "auto" else args.attention
if args.cache:
    jax.config.update("jax_compilation_cache_dir", args.cache)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        for name, entry in header.items():
            start, end = entry["data_offsets"]
            file.seek(8 + length + start)
            dtype = {"F32": np.float32, "I32": np.int32}[entry["dtype"]]
            yield name, np.frombuffer(file.read(end - start), dtype).reshape(entry["shape"])


def random_arrays():
    rng = np.random.default_rng(0)
    for name, shape in spec["shapes"].items():
        if name.endswith("log_logit_scale"):
            yield name, np.full(shape, math.log(1 / 0.07), np.float32)
        elif len(shape) > 1:
            yield name, rng.standard_normal(shape, np.float32) * np.float32(0.02)
        else:
            yield name, np.full(shape, 0 if name.endswith("bias") else 1, np.float32)
    image, text = spec["inputs"].get("image"), spec["inputs"].get("text")
    if image:
        yield "batch." + image["key"], rng.standard_normal((spec["batch"], 3, image["size"], image["size"]), np.float32)
    if text:
        end = text.get("endOfText", text["vocabulary"])
        ids = rng.integers(0, end, (spec["batch"], text["length"]), np.int32)
        if "endOfText" in text:
            ids[:, -1] = end
        yield "batch." + text["key"], ids


def norm(w, name, x, tower):
    y = x.astype(f32)
    if tower["norm"] == "layer":
        y = y - y.mean(-1, keepdims=True)
    y = y * jax.lax.rsqrt((y * y).mean(-1, keepdims=True) + tower["eps"]) * w[name + ".weight"].astype(f32)
    if name + ".bias" in w:
        y = y + w[name + ".bias"].astype(f32)
    return y.astype(x.dtype)


def linear(w, name, x):
    y = x @ w[name + ".weight"].T
    return y + w[name + ".bias"] if name + ".bias" in w else y


def rotate(x, tower):
    """RoPE on [B, N, H, d]: pairs of halves."""
    half = x.shape[-1] // 2
    angle = jnp.arange(x.shape[1], dtype=f32)[:, None] * tower["rope"] ** (-jnp.arange(half, dtype=f32) / half)
    cos, sin = jnp.cos(angle)[:, None], jnp.sin(angle)[:, None]
    a, b = jnp.split(x.astype(f32), 2, -1)
    return jnp.concatenate([a * cos - b * sin, b * cos + a * sin], -1).astype(x.dtype)


def trunk(w, tower, x):
    count = x.shape[1]
    lengths = None
    if implementation == "cudnn" and count % 2:
        x = jnp.pad(x, ((0, 0), (0, -count % 8), (0, 0)))
        lengths = None if tower["causal"] else jnp.full(x.shape[:1], count, jnp.int32)
    B, N, D = x.shape
    heads = lambda t: t.reshape(B, N, tower["heads"], -1)
    for i in range(tower["depth"]):
        block = f"{tower['prefix']}.blocks.{i}."
        h = norm(w, block + "norm_1", x, tower)
        if block + "attn.qkv.weight" in w:
            q, k, v = jnp.split(linear(w, block + "attn.qkv", h), 3, -1)
        else:
            q, k, v = (linear(w, f"{block}attn.{name}_proj", h) for name in "qkv")
        q, k, v = heads(q), heads(k), heads(v)
        if "rope" in tower:
            q, k = rotate(q, tower), rotate(k, tower)
        o = jax.nn.dot_product_attention(
            q, k, v, is_causal=tower["causal"], query_seq_lengths=lengths, key_value_seq_lengths=lengths, implementation=implementation
        )
        x = x + linear(w, block + "attn.proj", o.reshape(B, N, D))
        h = norm(w, block + "norm_2", x, tower)
        if block + "mlp.fc3.weight" in w:
            h = jax.nn.silu(linear(w, block + "mlp.fc1", h)) * linear(w, block + "mlp.fc3", h)
        else:
            h = jax.nn.gelu(linear(w, block + "mlp.fc1", h), approximate=False)
        x = x + linear(w, block + "mlp.fc2", h)
    return norm(w, tower["prefix"] + ".post_trunk_norm", x, tower)[:, :count]


def only(w, prefix, *suffixes):
    found = [value for name, value in w.items() if name.startswith(prefix) and name.endswith(suffixes)]
    return found[0] if found else None


def embed(w, prefix, ids):
    x = only(w, prefix, "embedding.weight")[ids]
    positions = only(w, prefix, "pos_embed", "positional_embedding")
    return x if positions is None else x + positions.reshape(-1, x.shape[-1])[: ids.shape[1]].astype(x.dtype)


def cross_entropy(logits, labels):
    """Mean over tokens, in f32 from the logits as they are."""
    peak = jax.lax.stop_gradient(logits.max(-1, keepdims=True))
    total = jnp.exp((logits - peak).astype(f32)).sum(-1)
    picked = jnp.take_along_axis(logits, labels[..., None], -1)[..., 0].astype(f32)
    return (jnp.log(total) + peak[..., 0].astype(f32) - picked).mean()


def llm_loss(w, batch):
    ids = batch[spec["inputs"]["text"]["key"]]
    x = trunk(w, spec["towers"][0], embed(w, "preprocessor", ids[:, :-1]))
    return cross_entropy(x @ only(w, "head", "linear.weight", "proj.weight").T, ids[:, 1:])


def clip_loss(w, batch):
    image, text = (batch[spec["inputs"][name]["key"]] for name in ("image", "text"))
    eyes, words = (next(t for t in spec["towers"] if name in t["prefix"]) for name in ("image", "text"))
    start, patch = eyes["prefix"].rsplit(".", 1)[0] + ".preprocessor", spec["inputs"]["image"]["patch"]
    kernel, bias = only(w, start, "patchifier.proj.weight"), only(w, start, "patchifier.proj.bias")
    B, g = image.shape[0], image.shape[2] // patch
    patches = image.astype(dtype).reshape(B, 3, g, patch, g, patch).transpose(0, 2, 4, 1, 3, 5).reshape(B, g * g, -1)
    x = patches @ kernel.reshape(len(kernel), -1).T
    x = x if bias is None else x + bias
    for name in [name for name in w if name.startswith(start) and name.endswith("patchifier.norm.weight")]:
        x = norm(w, name.removesuffix(".weight"), x, eyes)
    cls = only(w, start, "cls_token")
    if cls is not None:
        x = jnp.concatenate([jnp.broadcast_to(cls, (B, 1, x.shape[-1])).astype(x.dtype), x], 1)
    pooled = trunk(w, eyes, x + only(w, start, "pos_embed").astype(x.dtype))[:, 0]
    own = words["prefix"].rsplit(".", 1)[0]
    end = (text == spec["inputs"]["text"]["endOfText"]).argmax(1)
    sentence = trunk(w, words, embed(w, own + ".preprocessor", text))[jnp.arange(B), end]
    head = eyes["prefix"].rsplit(".", 1)[0] + ".head"
    unit = lambda z: z.astype(f32) / jnp.linalg.norm(z.astype(f32), axis=-1, keepdims=True)
    scale = jnp.exp(only(w, head, "log_logit_scale").astype(f32))
    logits = jnp.matmul(unit(linear(w, head + ".linear", pooled)) * scale, unit(linear(w, own + ".head.linear", sentence)).T, precision="highest")
    labels = jnp.arange(B)
    return (cross_entropy(logits, labels) + cross_entropy(logits.T, labels)) / 2


objective = llm_loss if spec["kind"] == "llm" else clip_loss
betas, eps, clip = spec["optimizer"]["betas"], spec["optimizer"]["eps"], spec["optimizer"]["gradClip"]
group_of = {name: g for g, group in enumerate(spec["optimizer"]["groups"]) for name in group["params"]}
groups = [(group["weightDecay"], group["lrScale"]) for group in spec["optimizer"]["groups"]]
parts = spec["accumulation"]
in_f32 = lambda name: name.endswith("log_logit_scale")


@functools.partial(jax.jit, donate_argnums=(0, 1, 2, 3))
def step(masters, copies, m, v, frozen, scalars, batch):
    loss_of = lambda trained, rows: objective({**frozen, **trained}, rows)
    total_loss, total = 0.0, None
    for i in range(parts):
        rows = jax.tree.map(lambda x: x[i * x.shape[0] // parts : (i + 1) * x.shape[0] // parts], batch)
        if total is not None:  # one part after the other, so that their activations do not meet
            rows, total = jax.lax.optimization_barrier((rows, total))
        loss, grads = jax.value_and_grad(loss_of)(copies, rows)
        grads = {name: grad.astype(f32) / parts for name, grad in grads.items()}
        total_loss += loss / parts
        total = grads if total is None else {name: total[name] + grads[name] for name in grads}
    length = jnp.sqrt(sum(jnp.sum(grad * grad) for grad in total.values()))
    coef = 1.0 if clip is None else jnp.minimum(1.0, clip / (length + 1e-6))
    new_masters, new_m, new_v = {}, {}, {}
    for name, grad in total.items():
        decay, step_size, root = scalars[group_of[name]]
        grad = grad * coef
        new_m[name] = m[name] + (1 - betas[0]) * (grad - m[name])
        new_v[name] = betas[1] * v[name] + (1 - betas[1]) * grad * grad
        new_masters[name] = masters[name] * decay - step_size * new_m[name] / (jnp.sqrt(new_v[name]) / root + eps)
        if in_f32(name):
            new_masters[name] = jnp.clip(new_masters[name], 0, math.log(100))
    new_copies = {name: x if in_f32(name) else x.astype(dtype) for name, x in new_masters.items()}
    return new_masters, new_copies, new_m, new_v, total_loss, length


masters, frozen, batch = {}, {}, {}
keys = [source["key"] for source in spec["inputs"].values()]
for name, array in read_safetensors(args.weights) if args.weights else random_arrays():
    if name.startswith("batch."):
        if name.removeprefix("batch.") in keys:
            batch[name.removeprefix("batch.")] = jnp.asarray(array)
    elif name in group_of:
        masters[name] = jnp.asarray(array)
    elif name in spec["shapes"]:
        frozen[name] = jnp.asarray(array).astype(dtype)
copies = {name: jnp.copy(x) if in_f32(name) else x.astype(dtype) for name, x in masters.items()}
copies = {name: jnp.copy(x) if x is masters[name] else x for name, x in copies.items()}
m = {name: jnp.zeros_like(x) for name, x in masters.items()}
v = {name: jnp.zeros_like(x) for name, x in masters.items()}
total = args.warmup + args.steps
lr = spec["lr"] + [spec["lr"][-1]] * max(0, total - len(spec["lr"]))
rows_of = lambda t: [[1 - lr[t] * s * wd, lr[t] * s / (1 - betas[0] ** (t + 1)), math.sqrt(1 - betas[1] ** (t + 1))] for wd, s in groups]
scalars = [jnp.asarray(rows_of(t), f32) for t in range(total)]

begin = time.time()
compiled = step.lower(masters, copies, m, v, frozen, scalars[0], batch).compile()
compile_s = time.time() - begin
marks, losses, norms = [], [], []
for t in range(total):
    masters, copies, m, v, loss, length = compiled(masters, copies, m, v, frozen, scalars[t], batch)
    losses.append(loss)
    norms.append(length)
    if t == 0:
        losses[0].block_until_ready()
        first_step_s = time.time() - START
        marks.append(time.perf_counter())
    elif t >= 2:  # two in flight
        losses[t - 1].block_until_ready()
        marks.append(time.perf_counter())
losses[-1].block_until_ready()
marks.append(time.perf_counter())
times = [(marks[i] - marks[i - 1]) * 1000 for i in range(max(args.warmup, 1), total)]
step_ms = statistics.median(times)
losses, norms = [float(x) for x in losses], [float(x) for x in norms]
stats = jax.devices()[0].memory_stats() or {}
peak = stats.get("peak_bytes_in_use")
print(json.dumps(dict(
    name=spec["name"], who="jax", batch=spec["batch"], accumulation=parts, precision=spec["precision"],
    parameters=sum(math.prod(shape) for shape in spec["shapes"].values()),
    step_ms=round(step_ms, 2), min_ms=round(min(times), 2), samples_per_s=round(spec["batch"] / step_ms * 1000, 1),
    mfu=round(spec["flops"] / (step_ms / 1000) / PEAK_FLOPS, 4), peak_gib=None if peak is None else round(peak / 2**30, 2),
    compile_s=round(compile_s, 2), first_step_s=round(first_step_s, 2),
    loss0=losses[0], loss=losses[-1], losses=losses[:20], grad_norms=norms[:20],
    attention=implementation, flags=args.flags, jax=jax.__version__, gpu=jax.devices()[0].device_kind,
)), flush=True)
