#include "vta/isa/docs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vta/base/file.h"
#include "vta/isa/mnemonic.h"

namespace vta::isa {
namespace {

using testing::HasSubstr;

TEST(Docs, CommittedPageIsCurrent) {
  EXPECT_EQ(read_text_file("docs/isa.md"), isa_markdown(hw::load_config("default")))
      << "write it again: vta isa --doc > docs/isa.md";
}

TEST(Docs, NamesEveryFieldOperationAndMemoryType) {
  const std::string page = isa_markdown(hw::load_config("tiny"));
  for (const Mnemonic& m : mnemonics()) {
    for (const Field& field : fields(m.instruction.opcode)) {
      EXPECT_THAT(page, HasSubstr(fmt::format("| `{}` |", field.name)));
    }
    EXPECT_THAT(page, HasSubstr(fmt::format("| `{}` |", memory_name(m.instruction.memory))));
  }
  for (const std::string_view op : hw::kAluOpNames) {
    EXPECT_THAT(page, HasSubstr(fmt::format("| `{}` |", op)));
  }
}

TEST(Docs, BitPositionsAreThoseOfTheConfiguration) {
  EXPECT_THAT(isa_markdown(hw::load_config("default")),
              HasSubstr("| `wgt_factor_in` | 127:118 | log2(wgt depth) |"));
  hw::Config deep = hw::load_config("default");
  deep.acc_buffer *= 16;
  EXPECT_THAT(isa_markdown(deep), HasSubstr("an\ninstruction takes 256 bits and a micro-op 64."));
}

}  // namespace
}  // namespace vta::isa
