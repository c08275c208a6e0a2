"""The dense model as a graph for ONNX Runtime on CPUs, written node by node rather than traced.

    write(model, path)                 INT8 matrix products and convolutions: the CPU artefact
    write(model, path, int8=False)     the same rewriting in float32, for the proof that only rounding changes the answer

A trace says what PyTorch did; a processor is faster with the same mathematics said differently. What is different here, and why:

* **No layer norm in the blocks.** ONNX Runtime's LayerNormalization on the CPU costs as much as a third of a block's matrix products. All
  that writes to the residual stream (projections, stem, special tokens, hint) is linear, so its mean over the channels is taken out
  beforehand, in the weights; what is left is a division by the RMS. Gains go into the weights of the layer that follows, offsets into
  its bias, `scale1` and `scale2` into the weights before.
* **Convolutions as matrix products, channels last.** A 3 x 3 convolution is nine shifted copies of the map side by side, in bytes, times one
  matrix: INT8 at the speed of the linear layers, float32 results (no second rounding), and norms over channels need no transposition.
* **Activations are rounded once** for all layers that read them, with one scale for each call and tensor, as `DynamicQuantizeLinear`
  defines it; the product, its scales and the bias are one node (`MatMulIntegerToFloat`).
* **One attention node** (`MultiHeadAttention`, scores never stored as a whole) and one for the rotation (`RotaryEmbedding`).
* **GELU by tanh**: at most 5e-4 away from the exact one, a third faster. Confidence = exp(softplus(z)) is 1 + exp(z).

The nodes of domain com.microsoft are part of every ONNX Runtime; there is no library to load. What sees only the special tokens (camera
block, pose, focal length, hint) and the first and last layer stay in float32.
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from .attention import DenseMixer

OPSET = 20
LARGEST = 64
"""Of an INT8 weight. AVX2 adds two products of unsigned and signed bytes in 16 bits, saturating: 2 x 255 x 64 is the most that fits. With 127, pairs
did saturate (error of log-depth .011; .005 with 64), and the answer depended on the processor."""


class Graph:
    """Nodes and constants as they are added; every method returns the name of what it made."""

    def __init__(self):
        self.nodes, self.constants, self.known = [], [], {}

    def const(self, value, dtype=None) -> str:
        array = np.array(value, dtype, order="C")
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.known:
            self.known[key] = f"c{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(array, self.known[key]))
        return self.known[key]

    def ints(self, *values) -> str:
        return self.const(np.array(values, np.int64))

    def op(self, kind: str, *inputs, outputs: int = 1, **attributes):
        domain = "com.microsoft" if kind in CONTRIB else ""
        names = [f"{kind}_{len(self.nodes)}" + (f"_{i}" if i else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, [self.name(i) for i in inputs], names, name=names[0], domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def once(self, kind: str, *inputs, outputs: int = 1, **attributes):
        """As `op`, but the same node is not made twice."""
        key = (kind, inputs, tuple(sorted(attributes.items())))
        if key not in self.known:
            self.known[key] = self.op(kind, *inputs, outputs=outputs, **attributes)
        return self.known[key]

    def name(self, value) -> str:
        """Names stay; numbers and arrays become constants of float32."""
        return value if isinstance(value, str) else self.const(value, np.float32)

    def rename(self, old: str, new: str):
        for node in self.nodes:
            node.output[:] = [new if o == old else o for o in node.output]
            node.input[:] = [new if i == old else i for i in node.input]


CONTRIB = {"MatMulIntegerToFloat", "MultiHeadAttention", "RotaryEmbedding"}


def numbers(tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()


def centred(array: np.ndarray, axis: int) -> np.ndarray:
    return array - array.mean(axis, keepdims=True)


class Writer:
    """Writes one model. Weight matrices are (in, out) throughout, in double precision until they are stored."""

    def __init__(self, model, int8: bool, approximate: str):
        self.m, self.c, self.int8, self.approximate, self.g = model, model.config, int8, approximate, Graph()

    # --- layers

    def linear(self, x: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """x @ weight + bias, in INT8 if this graph is."""
        if not self.int8:
            return self.exact_linear(x, weight, bias)
        return self.product(*self.g.once("DynamicQuantizeLinear", x, outputs=3), weight, bias)

    def product(self, x: str, scale: str, zero: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """The same of a quantised x. Weights: one scale per output channel, symmetric."""
        steps = np.maximum(np.abs(weight).max(0), 1e-12) / LARGEST
        whole = np.clip(np.rint(weight / steps), -LARGEST, LARGEST).astype(np.int8)
        inputs = [x, self.g.const(whole), scale, steps, zero, self.g.const(np.zeros(len(steps), np.int8))]
        return self.g.op("MatMulIntegerToFloat", *inputs, *([] if bias is None else [bias]))

    def exact_linear(self, x: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        y = self.g.op("MatMul", x, weight)
        return y if bias is None else self.g.op("Add", y, bias)

    def layer(self, x: str, linear) -> str:
        """A linear layer as it is, in float32."""
        return self.exact_linear(x, numbers(linear.weight).T, None if linear.bias is None else numbers(linear.bias))

    def unit(self, x: str, epsilon: float) -> str:
        """x over its RMS along the last axis: three vectorised passes, where the runtime's own norm is a scalar loop."""
        power = self.g.op("ReduceMean", self.g.op("Mul", x, x), self.g.ints(-1))
        return self.g.op("Div", x, self.g.op("Sqrt", self.g.op("Add", power, epsilon)))

    def gelu(self, x: str) -> str:
        return self.g.op("Gelu", x, approximate=self.approximate)

    def norm_gelu(self, x: str, norm) -> str:
        return self.gelu(self.g.op("Mul", self.unit(x, 1e-6), numbers(norm.weight)))

    def conv(self, x: str, conv, *, centre: bool = False) -> str:
        """3 x 3 or 1 x 1 convolution of a map (S, h, w, C), channels last."""
        weight, bias = numbers(conv.weight).transpose(2, 3, 1, 0), numbers(conv.bias)  # (high, wide, in, out)
        if centre:
            weight, bias = centred(weight, -1), centred(bias, -1)
        high, wide, cin, cout = weight.shape
        flat = weight.reshape(-1, cout)
        if high == 1:
            return self.linear(x, flat, bias)
        if self.int8:
            x, scale, zero = self.g.once("DynamicQuantizeLinear", x, outputs=3)
        else:
            zero = self.g.const(np.float32(0))
        (pad, _), (stride, _) = conv.padding, conv.stride
        padded = self.g.once("Pad", x, self.g.ints(0, pad, pad, 0, 0, pad, pad, 0), zero)
        side_by_side = self.g.op("Concat", *(self.shifted(padded, dy, dx, high, wide, stride) for dy in range(high) for dx in range(wide)), axis=-1)
        return self.product(side_by_side, scale, zero, flat, bias) if self.int8 else self.exact_linear(side_by_side, flat, bias)

    def shifted(self, x: str, dy: int, dx: int, high: int, wide: int, stride: int) -> str:
        """Every `stride`-th pixel of a padded map, from (dy, dx) on, as many as the kernel has places."""
        end = [d - size + 1 if d < size - 1 else 2**40 for d, size in ((dy, high), (dx, wide))]
        return self.g.op("Slice", x, self.g.ints(dy, dx), self.g.ints(*end), self.g.ints(1, 2), self.g.ints(stride, stride))

    # --- the transformer

    def rope(self, rows: str, cols: str) -> tuple[str, str]:
        """Cosines and sines (tokens, head_dim / 2) of one view; see `attention.rope_2d`."""
        g, c = self.g, self.c
        pairs = c.dim // c.heads // 4
        frequency = 100.0 ** (-np.arange(pairs) / pairs)

        def angles(count, shape):
            n = g.op("Cast", count, to=TensorProto.FLOAT)
            place = g.op("Sub", g.op("Range", g.const(np.float32(0)), n, g.const(np.float32(1))), g.op("Mul", g.op("Sub", n, 1.0), 0.5))
            turned = g.op("Mul", g.op("Reshape", place, g.ints(*shape)), frequency)
            return g.op("Expand", turned, g.op("Concat", g.op("Reshape", rows, g.ints(1)), g.op("Reshape", cols, g.ints(1)), g.ints(pairs), axis=0))

        both = g.op("Reshape", g.op("Concat", angles(rows, (-1, 1, 1)), angles(cols, (1, -1, 1)), axis=-1), g.ints(-1, 2 * pairs))
        both = g.op("Concat", np.zeros((c.specials, 2 * pairs)), both, axis=0)
        return g.op("Cos", both), g.op("Sin", both)

    def attention(self, qkv: str, attention, rope: tuple[str, str] | None, whole_window: bool) -> str:
        """qkv (views, tokens, 3 C) -> (views, tokens, C)."""
        g, dim, heads = self.g, attention.dim, attention.heads
        qk, v = g.op("Split", qkv, g.ints(2 * dim, dim), outputs=2, axis=-1)
        gains = np.concatenate([np.tile(numbers(norm.weight), (heads, 1)) for norm in (attention.q_norm, attention.k_norm)])
        qk = self.unit(g.op("Reshape", qk, g.ints(0, 0, 2 * heads, attention.head_dim)), 1e-6)
        qk = g.op("Reshape", g.op("Mul", qk, gains), g.ints(0, 0, 2 * dim))
        if rope:
            qk = g.op("RotaryEmbedding", qk, g.ints(0), *rope, num_heads=2 * heads)
        q, k = g.op("Split", qk, g.ints(dim, dim), outputs=2, axis=-1)
        if not whole_window:
            return g.op("MultiHeadAttention", q, k, v, num_heads=heads)
        joined = [g.op("Reshape", t, g.ints(1, -1, dim)) for t in (q, k, v)]
        return g.op("Reshape", g.op("MultiHeadAttention", *joined, num_heads=heads), g.op("Shape", v))

    def after_norm(self, norm, *linears) -> tuple[np.ndarray, np.ndarray]:
        """Weight and bias that do to x / RMS(x) what the linear layers, side by side, do to norm(x), for x of zero mean."""
        weight = np.concatenate([numbers(linear.weight) for linear in linears])
        bias = np.concatenate([np.zeros(len(linear.weight)) if linear.bias is None else numbers(linear.bias) for linear in linears])
        return (weight * numbers(norm.weight)).T, bias + weight @ numbers(norm.bias)

    def block(self, x: str, block, rope, normed: str) -> str:
        """x (views, tokens, C) of zero mean, and the same over its RMS -> x."""
        g, a = self.g, block.attention
        if not isinstance(a.mixer, DenseMixer):
            raise TypeError(f"{a.layer_name}: this graph is for dense attention, not {type(a.mixer).__name__}")
        qkv = self.linear(normed, *self.after_norm(block.norm1, a.qkv))
        o = self.attention(qkv, a, rope, a.kind == "global")
        x = g.op("Add", x, self.linear(o, centred(numbers(a.proj.weight).T * numbers(block.scale1), 1), None))
        up = self.linear(self.unit(x, block.norm2.eps), *self.after_norm(block.norm2, block.up))
        scale = numbers(block.scale2)
        return g.op("Add", x, self.linear(self.gelu(up), centred(numbers(block.down.weight).T * scale, 1), centred(numbers(block.down.bias) * scale, 0)))

    def exact_block(self, x: str, block) -> str:
        """The camera's: few tokens, so everything stays as it is."""
        g = self.g
        norm = lambda t, n: g.op("LayerNormalization", t, numbers(n.weight), numbers(n.bias), axis=-1, epsilon=n.eps)  # noqa: E731
        o = self.layer(self.attention(self.layer(norm(x, block.norm1), block.attention.qkv), block.attention, None, False), block.attention.proj)
        x = g.op("Add", x, g.op("Mul", o, numbers(block.scale1)))
        h = self.layer(g.op("Gelu", self.layer(norm(x, block.norm2), block.up)), block.down)
        return g.op("Add", x, g.op("Mul", h, numbers(block.scale2)))

    # --- the ends

    def stem(self) -> tuple[str, str, str]:
        """-> maps (S, h, w, C) at stride 16 (zero mean), 4 and 8."""
        g, s = self.g, self.m.stem
        # "- 0.45, times 4" cannot go into the kernel: the border is padded with zeros after it
        pixels = g.op("Mul", g.op("Sub", "images", 0.45), 4.0)
        (pad, _), (stride, _) = s.first.padding, s.first.stride
        first = g.op("Conv", pixels, numbers(s.first.weight), numbers(s.first.bias), pads=[pad] * 4, strides=[stride] * 2)
        x4 = self.norm_gelu(g.op("Transpose", first, perm=[0, 2, 3, 1]), s.norm4)
        x4 = g.op("Add", x4, self.norm_gelu(self.conv(x4, s.same), s.norm4b))
        x8 = self.norm_gelu(self.conv(x4, s.down8), s.norm8)
        return self.conv(x8, s.down16, centre=True), x4, x8

    def hint(self, height: str, width: str) -> str:
        """(S, 1, C), zero mean; see `Teacher.hint_features`."""
        g, layer = self.g, self.m.hint
        first = g.op("Slice", "focal_hint", g.ints(0), g.ints(1), g.ints(1))
        known = g.op("Cast", g.op("Greater", first, 0.0), to=TensorProto.FLOAT)
        logs = g.op("Mul", g.op("Add", g.op("Log", g.op("Max", "focal_hint", 1e-3)), 0.1), known)
        aspect = g.op("Log", g.op("Div", *(g.op("Cast", n, to=TensorProto.FLOAT) for n in (width, height))))
        shape = g.op("Add", g.op("Mul", known, 0.0), aspect)
        sizes = g.op("Log", g.op("Max", g.op("Abs", "focal_hint"), 1e-6))
        across, down = (g.op("Slice", sizes, g.ints(i), g.ints(i + 1), g.ints(1)) for i in (0, 1))
        given = g.op("Sub", 1.0, g.op("Cast", g.op("Equal", first, 0.0), to=TensorProto.FLOAT))
        stretch = g.op("Mul", g.op("Add", g.op("Sub", across, down), shape), given)
        features = g.op("Concat", known, logs, shape, stretch, axis=1)
        weight, bias = centred(numbers(layer.weight).T, 1), centred(numbers(layer.bias), 0)
        return g.op("Unsqueeze", self.exact_linear(features, weight, bias), g.ints(1))

    def tokens(self, x16: str, views: str, hint: str) -> str:
        g, c = self.g, self.c
        first, other = (centred(numbers(s), 1)[None] for s in self.m.special)
        others = g.op("Expand", other, g.op("Concat", g.op("Sub", views, g.ints(1)), g.ints(1, 1), axis=0))
        patches = g.op("Reshape", x16, g.ints(0, -1, c.dim))
        return g.op("Add", g.op("Concat", g.op("Concat", first, others, axis=0), patches, axis=1), hint)

    def fuse(self, x: str, skip: str, step) -> str:
        g = self.g
        wide = g.op("Resize", self.conv(x, step.reduce), "", g.const([1, 2, 2, 1], np.float32), mode="linear", coordinate_transformation_mode="half_pixel")
        x = g.op("Add", wide, self.conv(skip, step.skip))
        return g.op("Add", x, self.norm_gelu(self.conv(x, step.conv), step.norm))

    def depth(self, inputs: list[str], x4: str, x8: str, map_shape: str, out_shape: str):
        """inputs: what the decoder's linear layers made of the tokens, special ones included."""
        g, d = self.g, self.m.depth_head
        x = inputs[0]
        for other in inputs[1:]:
            x = g.op("Add", x, other)
        x = g.op("Reshape", g.op("Slice", x, g.ints(self.c.specials), g.ints(2**40), g.ints(1)), map_shape)
        x = g.op("Add", x, self.norm_gelu(self.conv(x, d.mix), d.norm))
        x = self.fuse(self.fuse(x, x8, d.to8), x4, d.to4)
        x = g.op("Add", x, self.norm_gelu(self.conv(x, d.last), d.norm_last))
        bias = numbers(d.out.bias) - np.repeat([0.0, 1.0], 16)  # the confidence's "- 1"
        log_depth, z = g.op("Split", self.exact_linear(x, numbers(d.out.weight)[:, :, 0, 0].T, bias), g.ints(16, 16), outputs=2, axis=-1)
        self.picture(g.op("Exp", g.op("Clip", log_depth, -8.0, 8.0)), out_shape, "depth")
        self.picture(g.op("Add", g.op("Exp", g.op("Min", z, 7.0)), 1.0), out_shape, "conf")

    def picture(self, x: str, out_shape: str, name: str):
        """(S, h, w, 16) -> (S, 4 h, 4 w)."""
        g = self.g
        cells = g.op("Reshape", x, g.op("Concat", g.op("Shape", x, end=3), g.ints(4, 4), axis=0))
        g.rename(g.op("Reshape", g.op("Transpose", cells, perm=[0, 1, 3, 2, 4]), out_shape), name)

    def cameras(self, x: str, views: str):
        g, m, c = self.g, self.m, self.c
        norm = m.camera_norm
        s = g.op("Slice", x, g.ints(0), g.ints(c.specials), g.ints(1))
        s = g.op("LayerNormalization", s, numbers(norm.weight), numbers(norm.bias), axis=-1, epsilon=norm.eps)
        s = self.exact_block(g.op("Reshape", s, g.ints(1, -1, c.dim)), m.camera_block)
        s = g.op("Reshape", s, g.ints(-1, c.specials, c.dim))

        def head(layers, token):
            norm, first, _, last = layers
            h = g.op("Gather", s, g.const(np.int64(token)), axis=1)
            h = g.op("LayerNormalization", h, numbers(norm.weight), numbers(norm.bias), axis=-1, epsilon=norm.eps)
            return self.layer(g.op("Gelu", self.layer(h, first)), last)

        p = head(m.pose, 0)
        quat, direction, size = g.op("Split", p, g.ints(4, 3, 1), outputs=3, axis=-1)
        quat = g.op("Div", quat, g.op("Max", g.op("ReduceL2", quat, g.ints(-1)), 1e-12))
        trans = g.op("Mul", direction, g.op("Exp", g.op("Clip", size, -6.0, 3.0)))
        for value, still, name in ((quat, [[1, 0, 0, 0]], "quat"), (trans, [[0, 0, 0]], "trans")):  # the first view is the submap's frame
            rest = g.op("Slice", value, g.ints(1), g.ints(2**40), g.ints(0))
            g.rename(g.op("Concat", np.array(still), rest, axis=0), name)
        g.rename(g.op("Exp", g.op("Clip", head(m.lens, 1), -3.0, 3.0)), "focal")

    def whole(self) -> Graph:
        g, m, c = self.g, self.m, self.c
        views, height, width = (g.op("Shape", "images", start=i, end=i + 1) for i in (0, 2, 3))
        one = lambda n: g.op("Squeeze", n, g.ints(0))  # noqa: E731
        rows, cols = (g.op("Div", n, g.ints(16)) for n in (height, width))
        x16, x4, x8 = self.stem()
        x = self.tokens(x16, views, self.hint(one(height), one(width)))
        rope, kept = self.rope(one(rows), one(cols)), []
        normed = self.unit(x, m.blocks[0].norm1.eps)
        for i, block in enumerate(m.blocks):
            x = self.block(x, block, rope, normed)
            last = i + 1 == len(m.blocks)
            if not last or i in c.depth_from:
                normed = self.unit(x, block.norm1.eps)  # the decoder's norms and the next block's differ in what was folded away
            if i in c.depth_from:
                n = c.depth_from.index(i)
                kept.append(self.linear(normed, *self.after_norm(m.depth_head.norms[n], m.depth_head.inputs[n])))
        self.depth(kept, x4, x8, g.op("Concat", views, rows, cols, g.ints(-1), axis=0), g.op("Concat", views, height, width, axis=0))
        self.cameras(x, views)
        return g


def write(model, path, *, int8: bool = True, gelu: str = "tanh"):
    """model: a dense `Teacher`. `gelu`: tanh or none (exact). The file's inputs and outputs are those of the contract."""
    from .export import NAMES, OUTPUTS, save

    g = Writer(model, int8, gelu).whole()
    info = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)  # noqa: E731
    inputs = [info("images", ["S", 3, "H", "W"]), info("focal_hint", ["S", 2])]
    outputs = [info(name, shape) for name, (_, _, shape, *_) in zip(NAMES, OUTPUTS)]
    graph = helper.make_graph(g.nodes, "student", inputs, outputs, g.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=10, producer_name="lite3r_student"), Path(path))
