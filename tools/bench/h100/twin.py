"""The training step of ours in PyTorch, tuned: same weights, batches, shapes, formats and optimizer. Prints one JSON line.

    python3 twin.py SPEC.json [--weights FILE] [--steps N] [--warmup N] [--compile off|default|max-autotune-no-cudagraphs]
                    [--policy copies|autocast] [--optimizer compiled|fused] [--attention auto|cudnn|flash|efficient|math]
                    [--device cuda|cpu] [--profile FILE]

SPEC.json and FILE are what `step --dump-spec` and `--dump-weights` write. What is tuned here, and may be switched off to see what it brings:
  query, key and value in one product, and so gate and up of a gated FFN; patches by one product instead of a convolution;
  torch.compile of the whole forward and backward in one graph; attention by the fastest of PyTorch's backends for each tower, measured;
  `copies`: the model sees bf16 weights that the update writes beside the f32 masters (`autocast`: f32 weights, cast at every use);
  `compiled`: clipping, AdamW and the copies in one compiled pass (`fused`: clip by foreach, then torch.optim.AdamW(fused=True));
  loss in f32 straight from bf16 logits inside of the compiled graph, so that no f32 logits are stored; no waiting for the GPU in a step.
"""
import argparse
import contextlib
import json
import math
import mmap
import statistics
import struct
import time

START = time.time()
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

BACKENDS = {
    "cudnn": SDPBackend.CUDNN_ATTENTION,
    "flash": SDPBackend.FLASH_ATTENTION,
    "efficient": SDPBackend.EFFICIENT_ATTENTION,
    "math": SDPBackend.MATH,
}
PEAK_FLOPS = 989.4e12


def read_safetensors(path):
    """Yields (name, tensor) in the order of the file; the tensors are views of the file itself."""
    dtypes = {"F32": torch.float32, "I32": torch.int32}
    with open(path, "rb") as file:
        bytes_ = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    (length,) = struct.unpack("<Q", bytes_[:8])
    for name, entry in json.loads(bytes_[8 : 8 + length]).items():
        start, end = entry["data_offsets"]
        yield name, torch.frombuffer(bytes_, dtype=dtypes[entry["dtype"]], count=(end - start) // 4, offset=8 + length + start).view(entry["shape"])


def random_tensors(spec):
    """Weights and a batch of the right shapes, where no file gives them."""
    generator = torch.Generator().manual_seed(0)
    for name, shape in spec["shapes"].items():
        if name.endswith("log_logit_scale"):
            yield name, torch.full(shape, math.log(1 / 0.07))
        elif len(shape) > 1:
            yield name, torch.randn(shape, generator=generator) * 0.02
        else:
            yield name, torch.zeros(shape) if name.endswith("bias") else torch.ones(shape)
    image, text, batch = spec["inputs"].get("image"), spec["inputs"].get("text"), spec["batch"]
    if image:
        yield "batch." + image["key"], torch.randn(batch, 3, image["size"], image["size"], generator=generator)
    if text:
        end = text.get("endOfText", text["vocabulary"])
        ids = torch.randint(end, (batch, text["length"]), generator=generator, dtype=torch.int32)
        if "endOfText" in text:
            ids[:, -1] = end
        yield "batch." + text["key"], ids


FUSED = {"attn.qkv": ("attn.q_proj", "attn.k_proj", "attn.v_proj"), "mlp.fc13": ("mlp.fc1", "mlp.fc3")}


def fuse(tensors, decay):
    """Joins matrices that are multiplied with the same input, and their weight decay."""
    for whole, parts in FUSED.items():
        first = parts[0] + "."
        for name in [name for name in tensors if "." + first in name and name.replace(parts[0], parts[-1]) in tensors]:
            names = [name.replace(parts[0], part) for part in parts]
            joined = name.replace(parts[0], whole)
            tensors[joined] = torch.cat([tensors.pop(part) for part in names])
            decay[joined] = [decay.pop(part) for part in names if part in decay][0]


def norm(w, name, x, tower):
    gain, bias = w[name + ".weight"], w.get(name + ".bias")
    y = x.float()
    if tower["norm"] == "rms":
        return (y * torch.rsqrt(y.square().mean(-1, keepdim=True) + tower["eps"]) * gain.float()).to(x.dtype)
    return F.layer_norm(y, gain.shape, gain.float(), None if bias is None else bias.float(), tower["eps"]).to(x.dtype)


def linear(w, name, x):
    return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))


def rotate(x, tower):
    """RoPE on [B, H, N, d]: pairs of halves."""
    half = x.shape[-1] // 2
    position = torch.arange(x.shape[-2], device=x.device, dtype=torch.float32)
    rate = tower["rope"] ** (-torch.arange(half, device=x.device, dtype=torch.float32) / half)
    cos, sin = (f(position[:, None] * rate) for f in (torch.cos, torch.sin))
    a, b = x.float().chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)


def trunk(w, tower, x):
    """Pre-norm transformer blocks on [B, N, D]."""
    B, N, D = x.shape
    H = tower["heads"]
    for i in range(tower["depth"]):
        block = f"{tower['prefix']}.blocks.{i}."
        q, k, v = linear(w, block + "attn.qkv", norm(w, block + "norm_1", x, tower)).view(B, N, 3, H, D // H).permute(2, 0, 3, 1, 4)
        if "rope" in tower:
            q, k = rotate(q, tower), rotate(k, tower)
        with sdpa_kernel(BACKENDS[tower["backend"]]):
            o = F.scaled_dot_product_attention(q, k, v, is_causal=tower["causal"])
        x = x + linear(w, block + "attn.proj", o.transpose(1, 2).reshape(B, N, D))
        h = norm(w, block + "norm_2", x, tower)
        if block + "mlp.fc13.weight" in w:
            gate, up = linear(w, block + "mlp.fc13", h).chunk(2, -1)
            h = F.silu(gate) * up
        else:
            h = F.gelu(linear(w, block + "mlp.fc1", h))
        x = x + linear(w, block + "mlp.fc2", h)
    return norm(w, tower["prefix"] + ".post_trunk_norm", x, tower)


def only(w, prefix, *suffixes):
    """The tensor under `prefix` whose name ends in one of `suffixes`, or None."""
    found = [value for name, value in w.items() if name.startswith(prefix) and name.endswith(suffixes)]
    return found[0] if found else None


def embed(w, prefix, ids):
    x = F.embedding(ids, only(w, prefix, "embedding.weight"))
    positions = only(w, prefix, "pos_embed", "positional_embedding")
    return x if positions is None else x + positions.view(-1, x.shape[-1])[: ids.shape[1]].to(x.dtype)


def llm_loss(w, spec, batch):
    tower = spec["towers"][0]
    ids = batch[spec["inputs"]["text"]["key"]]
    x = trunk(w, tower, embed(w, "preprocessor", ids[:, :-1]))
    logits = F.linear(x, only(w, "head", "linear.weight", "proj.weight"))
    return F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten().long())


def clip_loss(w, spec, batch):
    image, text = (batch[spec["inputs"][name]["key"]] for name in ("image", "text"))
    eyes, words = (next(t for t in spec["towers"] if name in t["prefix"]) for name in ("image", "text"))
    start, patch = eyes["prefix"].rsplit(".", 1)[0] + ".preprocessor", spec["inputs"]["image"]["patch"]
    kernel, bias = only(w, start, "patchifier.proj.weight"), only(w, start, "patchifier.proj.bias")
    B, _, side, _ = image.shape
    g = side // patch
    patches = image.view(B, 3, g, patch, g, patch).permute(0, 2, 4, 1, 3, 5).reshape(B, g * g, -1).to(kernel.dtype)
    x = F.linear(patches, kernel.flatten(1), bias)
    gain = [name for name in w if name.startswith(start) and name.endswith("patchifier.norm.weight")]
    if gain:
        x = norm(w, gain[0].removesuffix(".weight"), x, eyes)
    cls, positions = only(w, start, "cls_token"), only(w, start, "pos_embed")
    if cls is not None:
        x = torch.cat([cls.to(x.dtype).expand(B, 1, -1), x], 1)
    pooled = trunk(w, eyes, x + positions.to(x.dtype))[:, 0]
    own = words["prefix"].rsplit(".", 1)[0]
    y = trunk(w, words, embed(w, own + ".preprocessor", text))
    end = (text == spec["inputs"]["text"]["endOfText"]).int().argmax(1)
    sentence = y[torch.arange(B, device=y.device), end]
    image_head = eyes["prefix"].rsplit(".", 1)[0] + ".head"
    unit = lambda z: F.normalize(z.float(), dim=-1)
    a = unit(linear(w, image_head + ".linear", pooled)) * only(w, image_head, "log_logit_scale").float().exp()
    b = unit(linear(w, own + ".head.linear", sentence))
    with torch.autocast(image.device.type, enabled=False):
        logits = a @ b.T
    labels = torch.arange(B, device=logits.device)
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


def fastest_backend(tower, spec, dtype, device):
    """Times forward and backward of one layer's attention with each backend that takes its shape."""
    if device != "cuda":
        return "math"
    B, N, H = spec["batch"] // spec["accumulation"], tower["tokens"], tower["heads"]
    qkv = torch.randn(B, N, 3, H, tower["width"] // H, device=device, dtype=dtype, requires_grad=True)
    times = {}
    for name in ("cudnn", "flash", "efficient"):
        try:
            for i in range(8):
                if i == 3:
                    torch.cuda.synchronize()
                    begin = time.perf_counter()
                with sdpa_kernel(BACKENDS[name]):
                    o = F.scaled_dot_product_attention(*qkv.permute(2, 0, 3, 1, 4), is_causal=tower["causal"])
                o.backward(o)
            torch.cuda.synchronize()
            times[name] = time.perf_counter() - begin
        except RuntimeError:
            continue
    return min(times, key=times.get) if times else "math"


class State:
    """Masters and moments in f32; what the model sees in `dtype`. Scalars of every step are on the device beforehand."""

    def __init__(self, weights, decay, spec, dtype, args):
        self.trained = [name for name in weights if name in decay]
        keeps = lambda name: args.policy == "autocast" or name.endswith("log_logit_scale")
        self.master = {name: weights[name] for name in self.trained}
        self.seen = {name: value if keeps(name) else value.to(dtype) for name, value in weights.items()}
        if dtype != torch.float32 and args.policy == "copies":
            self.seen = {name: value.clone() if value is weights[name] else value for name, value in self.seen.items()}
        for name in self.trained:
            self.seen[name].requires_grad_()
        self.same = self.seen[self.trained[0]] is self.master[self.trained[0]]
        self.clip = spec["optimizer"]["gradClip"]
        self.share = torch.full((), 1 / spec["accumulation"], device=self.master[self.trained[0]].device)
        self.scale = next((name for name in self.trained if name.endswith("log_logit_scale")), None)
        self.sums = None
        betas, eps = spec["optimizer"]["betas"], spec["optimizer"]["eps"]
        groups = {}
        for name in self.trained:
            groups.setdefault(decay[name], []).append(name)
        self.groups = [(names, *rates) for rates, names in groups.items()]
        self.lr = spec["lr"]
        if args.optimizer == "fused":
            params = [dict(params=[self.master[n] for n in names], weight_decay=wd, lr_scale=scale) for names, wd, scale in self.groups]
            self.fused = torch.optim.AdamW(params, lr=0.0, betas=betas, eps=eps, fused=True)
        else:
            self.fused = None
            self.m = {name: torch.zeros_like(value) for name, value in self.master.items()}
            self.v = {name: torch.zeros_like(value) for name, value in self.master.items()}
            device = self.master[self.trained[0]].device
            rows = [[[1 - lr * s * wd, lr * s / (1 - betas[0] ** t), math.sqrt(1 - betas[1] ** t)] for _, wd, s in self.groups] for t, lr in enumerate(self.lr, 1)]
            self.scalars = torch.tensor(rows, dtype=torch.float32, device=device)
            adamw = lambda p, m, v, w, g, coef, s: adamw_pass(p, m, v, w, g, coef, s, betas, eps)
            self.adamw = adamw if args.compile == "off" else torch.compile(adamw)

    def take(self, parts):
        """Moves the gradients of one part of the batch to the f32 sums; with a single part they are used where they are."""
        grads = [self.seen[name].grad for name in self.trained]
        for name in self.trained:
            self.seen[name].grad = None
        if parts == 1:
            self.sums = grads
        elif self.sums is None:
            self.sums = [grad.float() for grad in grads]
        else:
            torch._foreach_add_(self.sums, [grad.float() for grad in grads])

    def update(self, t, parts):
        with torch.no_grad():
            norms = torch._foreach_norm(self.sums, 2, dtype=torch.float32)
            total = torch.linalg.vector_norm(torch.stack(norms)) / parts
            coef = self.share if self.clip is None else torch.clamp(self.clip / (total + 1e-6), max=1.0) * self.share
            grads = dict(zip(self.trained, self.sums))
            if self.fused is not None:
                for name, grad in grads.items():
                    self.master[name].grad = grad if grad.dtype == torch.float32 else grad.float()
                torch._foreach_mul_([self.master[name].grad for name in self.trained], coef)
                for group in self.fused.param_groups:
                    group["lr"] = self.lr[t] * group["lr_scale"]
                self.fused.step()
                self.fused.zero_grad(set_to_none=True)
                if not self.same:
                    torch._foreach_copy_([self.seen[n] for n in self.trained], [self.master[n] for n in self.trained])
            else:
                for g, (names, _, _) in enumerate(self.groups):
                    pick = lambda values: [values[name] for name in names]
                    copies = [] if self.same else pick(self.seen)
                    self.adamw(pick(self.master), pick(self.m), pick(self.v), copies, pick(grads), coef, self.scalars[t, g])
            if self.scale is not None:
                for values in (self.master, self.seen):
                    values[self.scale].clamp_(0, math.log(100))
            self.sums = None
            return total


def adamw_pass(p, m, v, w, g, coef, s, betas, eps):
    """AdamW on lists of tensors with foreach operations, which the compiler turns into a few kernels."""
    decay, step_size, root = s.unbind()
    g = [grad.float() * coef for grad in g]
    torch._foreach_lerp_(m, g, 1 - betas[0])
    torch._foreach_mul_(v, betas[1])
    torch._foreach_addcmul_(v, g, g, 1 - betas[1])
    spread = torch._foreach_sqrt(v)
    spread = torch._foreach_div(spread, root)
    spread = torch._foreach_add(spread, eps)
    move = torch._foreach_mul(torch._foreach_div(m, spread), step_size)
    torch._foreach_mul_(p, decay)
    torch._foreach_sub_(p, move)
    if w:
        torch._foreach_copy_(w, p)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("spec")
    parser.add_argument("--weights")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--compile", default="default", choices=["off", "default", "max-autotune-no-cudagraphs"])
    parser.add_argument("--policy", default="copies", choices=["copies", "autocast"])
    parser.add_argument("--optimizer", default="compiled", choices=["compiled", "fused"])
    parser.add_argument("--attention", default="auto", choices=["auto", *BACKENDS])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--profile", help="writes the kernels that took the most time")
    args = parser.parse_args()
    spec = json.load(open(args.spec))
    dtype = torch.bfloat16 if spec["precision"] == "bf16" else torch.float32
    decay = {name: (g["weightDecay"], g["lrScale"]) for g in spec["optimizer"]["groups"] for name in g["params"]}
    weights = {}
    batch = {}
    for name, value in read_safetensors(args.weights) if args.weights else random_tensors(spec):
        value = value.to(args.device, copy=True)
        if name.startswith("batch."):
            batch[name.removeprefix("batch.")] = value
        else:
            weights[name] = value
    fuse(weights, decay)
    for tower in spec["towers"]:
        tower["backend"] = fastest_backend(tower, spec, dtype, args.device) if args.attention == "auto" else args.attention
    state = State(weights, decay, spec, dtype, args)
    del weights
    objective = llm_loss if spec["kind"] == "llm" else clip_loss
    loss_of = lambda w, rows: objective(w, spec, rows)
    if args.compile != "off":
        loss_of = torch.compile(loss_of, fullgraph=True, mode=None if args.compile == "default" else args.compile)
    autocast = torch.autocast(args.device, dtype) if args.policy == "autocast" and dtype != torch.float32 else contextlib.nullcontext()
    parts = spec["accumulation"]
    keys = [source["key"] for source in spec["inputs"].values()]
    chunks = [{key: value.chunk(parts)[i] for key, value in batch.items() if key in keys} for i in range(parts)]

    def step(t):
        losses = []
        for rows in chunks:
            with autocast:
                loss = loss_of(state.seen, rows)
            loss.backward()
            state.take(parts)
            losses.append(loss.detach())
        return torch.stack(losses).mean(), state.update(t, parts)

    cuda = args.device == "cuda"
    total = args.warmup + args.steps
    spec["lr"] += [spec["lr"][-1]] * (total - len(spec["lr"]))
    marks, results = [], []
    begin = time.time()
    for t in range(total):
        results.append(step(t))
        if t == 0:
            float(results[0][0])
            compiled, first = time.time() - begin, time.time() - START
        if cuda:
            marks.append(torch.cuda.Event(enable_timing=True))
            marks[-1].record()
        else:
            marks.append(time.perf_counter())
    losses, norms = ([float(value) for value in column] for column in zip(*results))
    elapsed = (lambda a, b: a.elapsed_time(b)) if cuda else (lambda a, b: (b - a) * 1000)
    times = [elapsed(marks[i - 1], marks[i]) for i in range(max(args.warmup, 1), total)]
    step_ms = statistics.median(times)
    if args.profile:
        profile(step, total - 1, args.profile)
    print(json.dumps(dict(
        name=spec["name"], who="twin", batch=spec["batch"], accumulation=parts, precision=spec["precision"],
        parameters=sum(math.prod(shape) for shape in spec["shapes"].values()),
        step_ms=round(step_ms, 2), min_ms=round(min(times), 2), samples_per_s=round(spec["batch"] / step_ms * 1000, 1),
        mfu=round(spec["flops"] / (step_ms / 1000) / PEAK_FLOPS, 4),
        peak_gib=round(torch.cuda.max_memory_allocated() / 2**30, 2) if cuda else None,
        compile_s=round(compiled, 2), first_step_s=round(first, 2),
        loss0=losses[0], loss=losses[-1], losses=losses[:20], grad_norms=norms[:20],
        compile=args.compile, policy=args.policy, optimizer=args.optimizer,
        attention={tower["prefix"]: tower["backend"] for tower in spec["towers"]},
        torch=torch.__version__, gpu=torch.cuda.get_device_name() if cuda else "cpu",
    )), flush=True)


def profile(step, t, path):
    """The kernels of three steps by total time."""
    from torch.profiler import ProfilerActivity, profile as profiler

    with profiler(activities=[ProfilerActivity.CUDA, ProfilerActivity.CPU]) as trace:
        for _ in range(3):
            step(t)
        if torch.cuda.is_available():
            torch.cuda.synchronize()
    with open(path, "w") as file:
        key = "self_cuda_time_total" if torch.cuda.is_available() else "self_cpu_time_total"
        file.write(trace.key_averages().table(sort_by=key, row_limit=25, max_name_column_width=90))


main()
