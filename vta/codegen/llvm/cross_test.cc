// Objects for the boards' processor, linked by its own compiler and run under emulation: they
// leave the bytes that the interpreter leaves.
#include <unistd.h>

#include <filesystem>

#include "vta/base/file.h"
#include "vta/base/process.h"
#include "vta/codegen/llvm/codegen_testing.h"
#include "vta/te/random_testing.h"

namespace vta::codegen {
namespace {

namespace fs = std::filesystem;

// What tensor expressions do not have.
constexpr std::string_view kOthers[] = {
    R"(func f(A: i32[50], B: i32[50], C: i32[50], D: i8[50]) {
  for i in 50 vectorized {
    D[i] = i8(requantise(A[i], B[i], C[i], 2139095040:i32))
    A[i] = A[i] // select(B[i] == 0:i32, 1:i32, B[i]) + (C[i] >> 3)
  }
})",
    R"(func f(A: f32[40], B: f32[40], C: f32[40]) {
  for i in 40 vectorized {
    B[i] = fma(A[i], B[i], C[i]) + tanh(C[i])
    C[i] = exp(A[i]) + erf(A[i]) + round(A[i]) + sqrt(A[i] * A[i])
  }
})",
    R"(func f(A: i8[40, 6000], B: i32[40]) {
  for i in 40 parallel {
    alloc T: i32[6000] local
    for j in 6000 vectorized {
      T[j] = i32(A[i, j]) * 3:i32
    }
    B[i] = 0:i32
    for j in 6000 {
      B[i] = B[i] + T[j]
    }
  }
})"};

std::vector<loop::Function> functions() {
  std::vector<loop::Function> all;
  for (const std::string_view text : kOthers) all.push_back(loop::parse(text));
  for (uint64_t seed = 0; seed < 60; ++seed) {
    te::Random random(seed);
    te::Schedule s(te::Expression(random, seed % 2 == 0 ? loop::kInt8 : loop::kFloat32).draw());
    te::rewrite_at_random(random, s);
    all.push_back(s.function());
  }
  for (size_t i = 0; i < all.size(); ++i) all[i].name = fmt::format("f{}", i);
  return all;
}

// Reads the functions' buffers from a file one after the other, calls each, writes them all.
std::string program(const std::vector<loop::Function>& all) {
  std::string declarations, calls;
  for (const loop::Function& f : all) {
    declarations += fmt::format("extern \"C\" void {}(void* const*, const void*);\n", f.name);
    std::vector<int64_t> sizes;
    for (const loop::Buffer& b : f.parameters) sizes.push_back(storage_bytes(*b));
    calls += fmt::format("  run({}, {{{}}});\n", f.name, fmt::join(sizes, ", "));
  }
  return declarations + R"(
#include <cstdio>
#include <cstdlib>
#include <vector>
#include "vta/codegen/runtime/runtime.h"
void run(void (*f)(void* const*, const void*), std::vector<size_t> sizes) {
  std::vector<void*> buffers;
  for (size_t size : sizes) {
    buffers.push_back(vta_allocate(size));
    if (fread(buffers.back(), 1, size, stdin) != size) abort();
  }
  f(buffers.data(), nullptr);
  for (size_t i = 0; i < sizes.size(); ++i) fwrite(buffers[i], 1, sizes[i], stdout);
}
int main(int, char** argv) {
  if (!freopen(argv[1], "rb", stdin) || !freopen(argv[2], "wb", stdout)) return 1;
  vta::codegen::set_threads(2);
)" + calls +
         "}\n";
}

// Bytes of a function's parameters, as compiled code has them.
void append(const loop::Function& f, const std::vector<loop::Array>& arrays,
            std::vector<uint8_t>& to) {
  for (size_t p = 0; p < arrays.size(); ++p) {
    const Storage storage(*f.parameters[p], arrays[p]);
    const auto* bytes = static_cast<const uint8_t*>(storage.data());
    to.insert(to.end(), bytes, bytes + storage_bytes(*f.parameters[p]));
  }
}

TEST(Cross, AArch64ObjectsRunAsTheInterpreterDoes) {
  const std::vector<loop::Function> all = functions();
  const fs::path folder =
      fs::path(testing::TempDir()) / fmt::format("vta_cross_test_{}", ::getpid());
  fs::create_directories(folder);
  std::vector<uint8_t> before, expected;
  for (const loop::Function& f : all) {
    std::vector<loop::Array> arrays = random_arrays(f, 1);
    append(f, arrays, before);
    interpret_on(f, arrays);
    append(f, arrays, expected);
  }
  write_file(folder / "object.o", object_file(all, aarch64_linux_target()));
  write_text_file(folder / "main.cc", program(all));
  write_file(folder / "in", before);

  const fs::path log = folder / "log";
  ASSERT_EQ(run_process({"aarch64-linux-gnu-g++", "-std=c++20", "-O1", "-static", "-pthread", "-I.",
                         folder / "main.cc", "vta/codegen/runtime/runtime.cc", folder / "object.o",
                         "-o", folder / "program"},
                        fs::current_path(), log),
            0)
      << read_text_file(log);
  ASSERT_EQ(run_process({"qemu-aarch64", folder / "program", folder / "in", folder / "out"},
                        fs::current_path(), log),
            0)
      << read_text_file(log);
  EXPECT_EQ(read_file(folder / "out"), expected);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace vta::codegen
