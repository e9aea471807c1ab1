"""A number type for numba: eight numbers side by side, computed with as one machine vector.

`load`, `store` and `fill` move them; + - * / with vectors and scalars and the operations of `OPERATIONS` (those
that `formulas.py` asks for) work lane by lane. LLVM is left free to fuse a product and a sum into one
instruction, and to split eight numbers into as many registers as the machine needs. Comparisons let a NaN
through, so a run that has diverged shows it.
"""

import math
import operator

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

LANES = 8
_IR = {types.float32: ir.FloatType(), types.float64: ir.DoubleType()}
_FUSE = ("contract",)


class Vec(types.Type):
    """Some numbers of one floating-point type side by side."""

    def __init__(self, dtype, lanes):
        self.dtype, self.lanes = dtype, lanes
        super().__init__(name=f"Vec({dtype}, {lanes})")


VECS = {(dtype, lanes): Vec(dtype, lanes) for dtype in _IR for lanes in (LANES, 2 * LANES)}


@register_model(Vec)
class _VecModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, ir.VectorType(_IR[fe_type.dtype], fe_type.lanes))


def _constant(kind, value):
    return ir.Constant(kind, [value] * kind.count)


def _bits(kind):
    """32 or 64: the width of the numbers of a vector type."""
    return 32 if kind.element == ir.FloatType() else 64


def _lanes_of(pattern):
    return ir.Constant(ir.VectorType(ir.IntType(32), len(pattern)), pattern)


def _call(builder, name, *values):
    """LLVM's own operation of this name on whole vectors of one type."""
    kind = values[0].type
    name = f"{name}.v{kind.count}f{_bits(kind)}"
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(kind, [kind] * len(values)), name
    )
    return builder.call(function, values)


def _spread(builder, vector_type, scalar):
    one = builder.insert_element(ir.Constant(vector_type, ir.Undefined), scalar, ir.IntType(32)(0))
    return builder.shuffle_vector(
        one, ir.Constant(vector_type, ir.Undefined), _lanes_of([0] * vector_type.count)
    )


# ---- memory ----


def _pointer(context, builder, array_type, array, index, vector_type):
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), vector_type.as_pointer())


def _loader(lanes):
    @intrinsic
    def load(typingctx, array, index):
        vec = VECS[array.dtype, lanes]

        def codegen(context, builder, sig, args):
            at = _pointer(context, builder, sig.args[0], args[0], args[1], context.get_value_type(vec))
            return builder.load(at, align=array.dtype.bitwidth // 8)

        return vec(array, types.intp), codegen

    return load


load = _loader(LANES)
"""load(array, index): the numbers array[index : index + 8] of a contiguous array."""
load_wide = _loader(2 * LANES)
"""The same with sixteen numbers."""


@intrinsic
def store(typingctx, array, index, value):
    """array[index : index + 8] = value"""

    def codegen(context, builder, sig, args):
        vector_type = context.get_value_type(sig.args[2])
        at = _pointer(context, builder, sig.args[0], args[0], args[1], vector_type)
        builder.store(args[2], at, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.none(array, types.intp, value), codegen


@intrinsic
def turn(typingctx, array, source, step, to, to_step):
    """array[to + j * to_step + i] = array[source + i * step + j] for i, j < 8: a block transposed in registers."""

    def codegen(context, builder, sig, args):
        kind = context.get_value_type(VECS[array.dtype, LANES])
        align = array.dtype.bitwidth // 8

        def pointer(begin, step, i):
            at = builder.add(begin, builder.mul(step, step.type(i)))
            return _pointer(context, builder, sig.args[0], args[0], at, kind)

        rows = [builder.load(pointer(args[1], args[2], i), align=align) for i in range(LANES)]
        for k in (1, 2, 4):  # blocks of k x k change places across the diagonal
            first = _lanes_of([lane if not lane & k else LANES + lane - k for lane in range(LANES)])
            second = _lanes_of([lane + k if not lane & k else LANES + lane for lane in range(LANES)])
            for i in range(LANES):
                if not i & k:
                    a, b = rows[i], rows[i + k]
                    rows[i] = builder.shuffle_vector(a, b, first)
                    rows[i + k] = builder.shuffle_vector(a, b, second)
        for i, row in enumerate(rows):
            builder.store(row, pointer(args[3], args[4], i), align=align)
        return context.get_dummy_value()

    index = types.intp
    return types.none(array, index, index, index, index), codegen


@intrinsic
def fill(typingctx, value):
    """Eight times the same number."""

    def codegen(context, builder, sig, args):
        return _spread(builder, context.get_value_type(sig.return_type), args[0])

    return VECS[value, LANES](value), codegen


@intrinsic
def widen(typingctx, value):
    """The same numbers in 64 bits."""

    def codegen(context, builder, sig, args):
        if sig.args[0].dtype == types.float64:
            return args[0]
        return builder.fpext(args[0], context.get_value_type(sig.return_type))

    return VECS[types.float64, value.lanes](value), codegen


# ---- arithmetic ----


def _typed(key):
    @infer_global(key)
    class _Arithmetic(AbstractTemplate):
        def generic(self, args, kws):
            if kws or not any(isinstance(a, Vec) for a in args):
                return None
            vec = next(a for a in args if isinstance(a, Vec))
            if all(a == vec or isinstance(a, types.Number) for a in args):
                return signature(vec, *(a if isinstance(a, Vec) else vec.dtype for a in args))
            return None

    return _Arithmetic


def _lowered(key, method, types_of_arguments):
    @lower_builtin(key, *types_of_arguments)
    def _lower(context, builder, sig, args):
        vector_type = context.get_value_type(sig.return_type)
        ready = [
            value if isinstance(kind, Vec) else _spread(builder, vector_type, value)
            for kind, value in zip(sig.args, args, strict=True)
        ]
        return getattr(builder, method)(*ready, flags=_FUSE)


for _key, _method in (
    (operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.truediv, "fdiv"),
):  # fmt: skip
    _typed(_key)
    for _types in ((Vec, Vec), (Vec, types.Float), (types.Float, Vec)):
        _lowered(_key, _method, _types)


def _elementwise(build):
    """An intrinsic of one vector from build(builder, value)."""

    @intrinsic
    def operation(typingctx, value):
        if not isinstance(value, Vec):
            return None

        def codegen(context, builder, sig, args):
            return build(builder, args[0])

        return value(value), codegen

    return operation


def _llvm(name):
    """The operation that LLVM has under this name, as a function of one vector."""
    return _elementwise(lambda builder, value: _call(builder, name, value))


def _limited(builder, value, comparison, limit):
    """The limit where the comparison with it holds; a NaN stays one."""
    bound = _constant(value.type, limit)
    return builder.select(builder.fcmp_ordered(comparison, value, bound), bound, value)


def _fused(builder, a, b, c):
    """a * b + c"""
    return builder.fadd(builder.fmul(a, b, flags=_FUSE), c, flags=_FUSE)


_LN2 = {32: (0.693359375, -2.12194440e-4), 64: (0.693147180369123816490, 1.90821492927058770002e-10)}
"""ln 2 in two pieces, the first with zeros at its end, so that n times it is exact (Cody & Waite 1980)."""
_RANGE = {32: (-87.3, 88.7), 64: (-708.3, 709.7)}
_DEGREE = {32: 7, 64: 13}
_LAYOUT = {32: (23, 127), 64: (52, 1023)}
"""Bits of the fraction, bias of the exponent."""


def _exp(builder, value):
    """2^n e^r with |r| <= ln 2 / 2, e^r by its Taylor series: within 2 units in the last place."""
    kind, width = value.type, _bits(value.type)
    low, high = _RANGE[width]
    x = _limited(builder, _limited(builder, value, ">", high), "<", low)
    n = _call(builder, "llvm.rint", builder.fmul(x, _constant(kind, 1.0 / math.log(2.0))))
    minus_n = builder.fneg(n)
    r = x
    for piece in _LN2[width]:
        r = _fused(builder, minus_n, _constant(kind, piece), r)
    e = _constant(kind, 1.0 / math.factorial(_DEGREE[width]))
    for k in range(_DEGREE[width] - 1, -1, -1):
        e = _fused(builder, e, r, _constant(kind, 1.0 / math.factorial(k)))
    fraction, bias = _LAYOUT[width]
    integers = ir.VectorType(ir.IntType(width), kind.count)
    whole = builder.fptosi(n, integers)  # a NaN gives any integer here, and e carries the NaN on
    exponent = builder.shl(builder.add(whole, _constant(integers, bias)), _constant(integers, fraction))
    return builder.fmul(e, builder.bitcast(exponent, kind))


def _extern(name32, name64):
    """A function of the C library, lane by lane."""

    def build(builder, value):
        number, name = value.type.element, name32 if _bits(value.type) == 32 else name64
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(number, [number]), name)
        for lane in range(value.type.count):
            at = ir.IntType(32)(lane)
            value = builder.insert_element(
                value, builder.call(function, [builder.extract_element(value, at)]), at
            )
        return value

    return _elementwise(build)


def _step(builder, value):
    above = builder.fcmp_ordered(">", value, _constant(value.type, 0.0))
    nothing = builder.fmul(value, _constant(value.type, 0.0))  # of a NaN a NaN
    return builder.select(above, _constant(value.type, 1.0), nothing)


def _sign(builder, value):
    """-1, 0 or 1."""
    whole = _call(builder, "llvm.copysign", _constant(value.type, 1.0), value)
    zero = builder.fcmp_ordered("==", value, _constant(value.type, 0.0))
    return builder.select(zero, _constant(value.type, 0.0), whole)


exp = _elementwise(_exp)
log = _llvm("llvm.log")
sin = _llvm("llvm.sin")
cos = _llvm("llvm.cos")
sqrt = _llvm("llvm.sqrt")
absolute = _llvm("llvm.fabs")
erf = _extern("erff", "erf")
step = _elementwise(_step)
sign = _elementwise(_sign)
zeros = _elementwise(lambda builder, value: _constant(value.type, 0.0))
ones = _elementwise(lambda builder, value: _constant(value.type, 1.0))


@intrinsic
def with_sign(typingctx, value, sign):
    """|value| with the sign of another vector."""

    def codegen(context, builder, sig, args):
        return _call(builder, "llvm.copysign", args[0], args[1])

    return value(value, sign), codegen


@intrinsic
def minimum(typingctx, value, limit):
    """The smaller of each number and a scalar; a NaN stays one."""

    def codegen(context, builder, sig, args):
        bound = _spread(builder, args[0].type, args[1])
        return builder.select(builder.fcmp_ordered(">", args[0], bound), bound, args[0])

    return value(value, value.dtype), codegen


def _across(name):
    """A reduction over all lanes, in a fixed order."""

    @intrinsic
    def operation(typingctx, value):
        def codegen(context, builder, sig, args):
            found = args[0]
            undefined = ir.Constant(found.type, ir.Undefined)
            lanes = found.type.count
            half = lanes // 2
            while half:
                turn = _lanes_of([(lane + half) % lanes for lane in range(lanes)])
                turned = builder.shuffle_vector(found, undefined, turn)
                if name == "sum":
                    found = builder.fadd(found, turned)
                else:
                    larger = builder.fcmp_unordered(">", found, turned)
                    found = builder.select(larger, found, turned)
                half //= 2
            return builder.extract_element(found, ir.IntType(32)(0))

        return value.dtype(value), codegen

    return operation


lane_sum = _across("sum")
lane_max = _across("max")


@njit(forceinline=True)
def tanh(z):
    """(1 - e) / (1 + e) with e = exp(-2 |z|), and the sign of z."""
    e = exp(absolute(z) * -2.0)
    return with_sign((1.0 - e) / (1.0 + e), z)


@njit(forceinline=True)
def sigmoid(z):
    return 1.0 / (1.0 + exp(z * -1.0))


@njit(forceinline=True)
def softplus(z):
    """max(z, 0) + log(1 + exp(-|z|))"""
    return z * step(z) + log(1.0 + exp(absolute(z) * -1.0))


OPERATIONS = {
    "cos": cos, "erf": erf, "exp": exp, "minimum": minimum, "ones": ones, "sigmoid": sigmoid, "sign": sign,
    "sin": sin, "softplus": softplus, "sqrt": sqrt, "step": step, "tanh": tanh, "zeros": zeros,
}  # fmt: skip
"""What `formulas.bind` looks names up in; those that go across outputs are in `dense.py`."""
