"""The graph for CPUs says the same as PyTorch: exactly in float32, up to rounding in INT8, at any number of views and size."""

import numpy as np
import pytest
import torch

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from onnx import numpy_helper  # noqa: E402

from lite3r_student import cpu_graph  # noqa: E402
from lite3r_student.convert import Recipe, names_of_global_attention, student_from_teacher  # noqa: E402
from lite3r_student.export import is_dense, write_onnx  # noqa: E402
from lite3r_student.model import Config, Teacher  # noqa: E402
from lite3r_student.report import parity  # noqa: E402
from lite3r_student.sparse import SparseRecipe  # noqa: E402

BUCKETS = ((64, 96), (96, 64))


@pytest.fixture(scope="module")
def teacher():
    """Gains, offsets and scales are drawn at random: at their starting values (1, 0) folding them would prove nothing."""
    torch.manual_seed(0)
    model = Teacher(Config.toy()).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() == 1:
                p.add_(0.3 * torch.randn(p.shape, generator=generator))
    return model


def test_in_float32_the_rewriting_is_exact(teacher, tmp_path):
    cpu_graph.write(teacher, tmp_path / "student.onnx", int8=False, gelu="none")
    rows = parity(teacher, tmp_path / "student.onnx", precision="fp32", buckets=BUCKETS)
    assert max(r["rms"] for r in rows) < 2e-5 and {r["views"] for r in rows} == {2, 3, 4, 16}


def test_int8_stays_near(teacher, tmp_path):
    write_onnx(teacher, tmp_path / "student.onnx", "int8-dynamic")
    parity(teacher, tmp_path / "student.onnx", precision="int8-dynamic", buckets=BUCKETS)


def test_no_two_products_of_bytes_overflow_sixteen_bits(teacher, tmp_path):
    cpu_graph.write(teacher, tmp_path / "student.onnx")
    graph = onnx.load(str(tmp_path / "student.onnx")).graph
    weights = [numpy_helper.to_array(w).astype(int) for w in graph.initializer if w.data_type == onnx.TensorProto.INT8 and len(w.dims) == 2]
    products = [n for n in graph.node if n.op_type == "MatMulIntegerToFloat"]
    convolutions = 3 + 1 + 2 * 3 + 1  # stem behind its first layer; decoder: mix, two steps of three, last
    assert len(products) == len(weights) == 4 * 4 + 2 + convolutions
    assert max(2 * 255 * np.abs(w).max() for w in weights) < 2**15


def test_what_is_quantised_once_is_not_quantised_again(teacher, tmp_path):
    cpu_graph.write(teacher, tmp_path / "student.onnx")
    rounded = [n.input[0] for n in onnx.load(str(tmp_path / "student.onnx")).graph.node if n.op_type == "DynamicQuantizeLinear"]
    assert len(rounded) == len(set(rounded))


def test_sparse_attention_is_not_taken_for_dense(teacher, tmp_path):
    sparse = student_from_teacher(teacher, Recipe(sparse=SparseRecipe(keep=0.3, block=8, specials=4), attention=names_of_global_attention(teacher)))
    assert is_dense(teacher) and not is_dense(sparse)
    with pytest.raises(TypeError, match=r"blocks\.1\.attention: .*SparseLinearMixer"):
        cpu_graph.write(sparse, tmp_path / "student.onnx")
