// Matrix products, f32, with sums in double.
//
// gemm(a, b, c?): alpha * a' * b' + beta * c, where a' is a or, with transA, its transpose; a' is
//   M x K, b' K x N, and c broadcasts to M x N.
// matmul(a, b): NumPy's matmul: the last two dimensions are matrices, those before broadcast; a of
//   rank 1 is a row, b of rank 1 a column, and the dimension so added is left out of the result.
#include "vta/graph/ops/broadcast.h"
#include "vta/graph/ops/families.h"
#include "vta/graph/ops/product.h"

namespace vta::graph {
namespace {

// A matrix that may be stored transposed: element (r, c) is data[r * row_step + c * column_step].
struct MatrixView {
  const float* data;
  int64_t rows, columns;
  int64_t row_step, column_step;
};

MatrixView row_major(const float* data, int64_t rows, int64_t columns) {
  return {data, rows, columns, columns, 1};
}

MatrixView transposed(const MatrixView& m) {
  return {m.data, m.columns, m.rows, m.column_step, m.row_step};
}

// Calls emit(row, column, sum) for each element of a * b.
template <typename Emit>
void multiply(const MatrixView& a, const MatrixView& b, Emit emit) {
  const int64_t depth = a.columns;
  std::vector<double> left(static_cast<size_t>(a.rows * depth));
  for (int64_t r = 0; r < a.rows; ++r) {
    for (int64_t d = 0; d < depth; ++d) {
      left[r * depth + d] = a.data[r * a.row_step + d * a.column_step];
    }
  }
  multiply_by_tiles(
      left, a.rows, depth, b.columns,
      [&](int64_t first, int64_t count, double* tile) {
        for (int64_t t = 0; t < count; ++t) {
          const float* column = b.data + (first + t) * b.column_step;
          for (int64_t d = 0; d < depth; ++d) tile[d * kTileColumns + t] = column[d * b.row_step];
        }
      },
      [&](int64_t first, int64_t count, const double* sums) {
        for (int64_t r = 0; r < a.rows; ++r) {
          for (int64_t t = 0; t < count; ++t) emit(r, first + t, sums[r * kTileColumns + t]);
        }
      });
}

void check_float(std::span<const InferInput> inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    require(!inputs[i].present || inputs[i].type.dtype == DType::kFloat32,
            "input {} must be f32, got {}", i, to_string(inputs[i].type));
  }
}

std::vector<TensorType> infer_gemm(const Node& node, std::span<const InferInput> inputs, size_t) {
  check_float(inputs);
  Shape a = inputs[0].type.shape, b = inputs[1].type.shape;
  require(a.size() == 2 && b.size() == 2, "a and b must have rank 2, got {} and {}", to_string(a),
          to_string(b));
  if (node.int_attr("transA") != 0) std::swap(a[0], a[1]);
  if (node.int_attr("transB") != 0) std::swap(b[0], b[1]);
  require(a[1] == b[0], "a' has {} columns, but b' has {} rows", a[1], b[0]);
  Shape result{a[0], b[1]};
  if (inputs.size() > 2 && inputs[2].present) broadcast_strides(inputs[2].type.shape, result);
  return {{DType::kFloat32, std::move(result)}};
}

std::vector<Tensor> run_gemm(const Node& node, std::span<const Tensor* const> inputs,
                             std::span<const TensorType> outputs) {
  const auto view = [&](size_t i, const char* transpose) {
    const MatrixView stored =
        row_major(inputs[i]->as<float>().data(), inputs[i]->shape()[0], inputs[i]->shape()[1]);
    return node.int_attr(transpose) != 0 ? transposed(stored) : stored;
  };
  const double alpha = node.float_attr("alpha"), beta = node.float_attr("beta");
  Tensor result(DType::kFloat32, outputs[0].shape);
  float* y = result.as<float>().data();
  const int64_t columns = result.shape()[1];
  const bool has_c = inputs.size() > 2 && inputs[2] != nullptr;
  const float* c = has_c ? inputs[2]->as<float>().data() : nullptr;
  const auto c_steps =
      has_c ? broadcast_strides(inputs[2]->shape(), result.shape()) : std::vector<int64_t>(2);
  multiply(view(0, "transA"), view(1, "transB"), [&](int64_t row, int64_t column, double sum) {
    const double added = has_c ? beta * c[row * c_steps[0] + column * c_steps[1]] : 0.0;
    y[row * columns + column] = static_cast<float>(alpha * sum + added);
  });
  return {std::move(result)};
}

// The operands of matmul as stacks of matrices.
struct Stacks {
  Shape a, b;   // rank 2 or more
  Shape batch;  // the broadcast leading dimensions
};

Stacks stacks_of(Shape a, Shape b) {
  require(!a.empty() && !b.empty(), "a and b must not be scalars");
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  require(a.back() == b[b.size() - 2], "a has {} columns, but b has {} rows", a.back(),
          b[b.size() - 2]);
  Shape batch = broadcast_shapes(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
  return {std::move(a), std::move(b), std::move(batch)};
}

std::vector<TensorType> infer_matmul(const Node&, std::span<const InferInput> inputs, size_t) {
  check_float(inputs);
  const Stacks stacks = stacks_of(inputs[0].type.shape, inputs[1].type.shape);
  Shape result = stacks.batch;
  if (inputs[0].type.shape.size() > 1) result.push_back(stacks.a[stacks.a.size() - 2]);
  if (inputs[1].type.shape.size() > 1) result.push_back(stacks.b.back());
  return {{DType::kFloat32, std::move(result)}};
}

// For each matrix of the broadcast stack, its number in the stack with leading dimensions `from`.
std::vector<int64_t> matrix_indices(const Shape& from, const Shape& batch) {
  const std::vector<int64_t> steps = broadcast_strides(from, batch);
  std::vector<int64_t> indices(static_cast<size_t>(element_count(batch)));
  for (size_t i = 0; i < indices.size(); ++i) {
    auto rest = static_cast<int64_t>(i);
    for (size_t axis = batch.size(); axis-- > 0; rest /= batch[axis]) {
      indices[i] += rest % batch[axis] * steps[axis];
    }
  }
  return indices;
}

std::vector<Tensor> run_matmul(const Node&, std::span<const Tensor* const> inputs,
                               std::span<const TensorType> outputs) {
  const auto [a, b, batch] = stacks_of(inputs[0]->shape(), inputs[1]->shape());
  const int64_t m = a[a.size() - 2], k = a.back(), n = b.back();
  const auto a_index = matrix_indices(Shape(a.begin(), a.end() - 2), batch);
  const auto b_index = matrix_indices(Shape(b.begin(), b.end() - 2), batch);
  Tensor result(DType::kFloat32, outputs[0].shape);
  float* y = result.as<float>().data();
  for (size_t i = 0; i < a_index.size(); ++i, y += m * n) {
    multiply(row_major(inputs[0]->as<float>().data() + a_index[i] * m * k, m, k),
             row_major(inputs[1]->as<float>().data() + b_index[i] * k * n, k, n),
             [&](int64_t row, int64_t column, double sum) {
               y[row * n + column] = static_cast<float>(sum);
             });
  }
  return {std::move(result)};
}

}  // namespace

std::span<const OpDef> gemm_ops() {
  static const OpDef kOps[] = {
      {.name = "gemm",
       .min_inputs = 2,
       .max_inputs = 3,
       .attributes = {{"alpha", AttributeKind::kFloat, 1.0},
                      {"beta", AttributeKind::kFloat, 1.0},
                      {"transA", AttributeKind::kInt},
                      {"transB", AttributeKind::kInt}},
       .infer = infer_gemm,
       .run = run_gemm},
      {.name = "matmul",
       .min_inputs = 2,
       .max_inputs = 2,
       .attributes = {},
       .infer = infer_matmul,
       .run = run_matmul},
  };
  return kOps;
}

}  // namespace vta::graph
