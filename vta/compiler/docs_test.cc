#include "vta/compiler/docs.h"

#include <gtest/gtest.h>

#include "tests/golden.h"

namespace vta::compiler {
namespace {

TEST(Docs, TheCommittedTableOfOperatorsIsCurrent) {
  expect_golden("docs/operators.md", operators_markdown());
}

}  // namespace
}  // namespace vta::compiler
