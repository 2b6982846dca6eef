#include "vta/codegen/llvm/compile.h"

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

#include <cmath>
#include <cstring>

#include "vta/base/error.h"
#include "vta/codegen/llvm/emit.h"
#include "vta/codegen/llvm/lower_copies.h"
#include "vta/codegen/runtime/runtime.h"
#include "vta/loop/passes.h"

namespace vta::codegen {

namespace {

void initialize_llvm() {
  [[maybe_unused]] static const bool once = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    return true;
  }();
}

void check(llvm::Error error, const char* what) {
  require(!error, "{}: {}", what, llvm::toString(std::move(error)));
}
template <typename T>
T check(llvm::Expected<T> value, const char* what) {
  if (!value) fail("{}: {}", what, llvm::toString(value.takeError()));
  return std::move(*value);
}

std::unique_ptr<llvm::TargetMachine> target_machine(const Target& target, Optimize optimize) {
  initialize_llvm();
  std::string why;
  const llvm::Target* found = llvm::TargetRegistry::lookupTarget(target.triple, why);
  require(found != nullptr, "target {}: {}", target.triple, why);
  std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
      target.triple, target.cpu, target.features, {}, llvm::Reloc::PIC_, std::nullopt,
      optimize == Optimize::kFully ? llvm::CodeGenOptLevel::Aggressive
                                   : llvm::CodeGenOptLevel::None));
  require(machine != nullptr, "target {}: there is no code generator", target.triple);
  require(machine->getMCSubtargetInfo()->isCPUStringValid(target.cpu),
          "target {}: there is no processor '{}'", target.triple, target.cpu);
  return machine;
}

DotInstructions dot_instructions(const llvm::TargetMachine& machine) {
  if (!machine.getTargetTriple().isX86()) return {};
  const llvm::MCSubtargetInfo& processor = *machine.getMCSubtargetInfo();
  return {
      .pmaddwd = processor.checkFeatures("+avx2"),
      .vpdpbusd = processor.checkFeatures("+avx512vnni") && processor.checkFeatures("+avx512vl")};
}

// The passes from any function to one that emit_function takes.
loop::Function lowered(const loop::Function& function, const DotInstructions& instructions) {
  return lower_intrinsics(lower_copies(compact_buffers(lower_blocks(function))), instructions);
}

std::unique_ptr<llvm::Module> emit_module(std::span<const loop::Function> functions,
                                          llvm::LLVMContext& context,
                                          const llvm::TargetMachine& machine) {
  auto module = std::make_unique<llvm::Module>("vta", context);
  module->setTargetTriple(machine.getTargetTriple().str());
  module->setDataLayout(machine.createDataLayout());
  const DotInstructions instructions = dot_instructions(machine);
  for (const loop::Function& f : functions) {
    require(module->getFunction(f.name) == nullptr, "there are two functions {}", f.name);
    emit_function(lowered(f, instructions), instructions, *module);
  }
  for (llvm::Function& f : *module) {
    f.addFnAttr("target-cpu", machine.getTargetCPU());
    f.addFnAttr("target-features", machine.getTargetFeatureString());
    f.addFnAttr("prefer-vector-width", "512");
  }
  std::string problem;
  llvm::raw_string_ostream text(problem);
  require(!llvm::verifyModule(*module, &text), "LLVM refuses the code: {}", problem);
  return module;
}

void optimize_module(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::PassBuilder builder(&machine);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager calls;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(calls);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, calls, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

std::string text_of(const loop::Function& function, const Target& target, bool optimized) {
  const auto machine = target_machine(target, Optimize::kFully);
  llvm::LLVMContext context;
  const auto module = emit_module({&function, 1}, context, *machine);
  if (optimized) optimize_module(*module, *machine);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, nullptr);
  return text;
}

// What compiled code may call.
llvm::orc::SymbolMap runtime_symbols(llvm::orc::LLJIT& jit) {
  llvm::orc::SymbolMap symbols;
  const auto add = [&](const char* name, auto* function) {
    symbols[jit.mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(function),
                                          llvm::JITSymbolFlags::Exported};
  };
  using Unary = double (*)(double);
  using UnaryFloat = float (*)(float);
  add("vta_parallel_for", &vta_parallel_for);
  add("vta_allocate", &vta_allocate);
  add("vta_release", &vta_release);
  add("exp", static_cast<Unary>(std::exp));
  add("log", static_cast<Unary>(std::log));
  add("tanh", static_cast<Unary>(std::tanh));
  add("erf", static_cast<Unary>(std::erf));
  // LLVM calls these where the processor has no instruction for it.
  add("floor", static_cast<Unary>(std::floor));
  add("floorf", static_cast<UnaryFloat>(std::floor));
  add("roundeven", static_cast<Unary>(std::nearbyint));
  add("roundevenf", static_cast<UnaryFloat>(std::nearbyint));
  add("fma", static_cast<double (*)(double, double, double)>(std::fma));
  add("fmaf", static_cast<float (*)(float, float, float)>(std::fma));
  add("memset", &std::memset);
  add("memcpy", &std::memcpy);
  add("memmove", &std::memmove);
  return symbols;
}

}  // namespace

Target host_target() {
  std::string features;
  for (const auto& [name, has] : llvm::sys::getHostCPUFeatures()) {
    features += fmt::format("{}{}{}", features.empty() ? "" : ",", has ? '+' : '-', name.str());
  }
  return {llvm::sys::getProcessTriple(), llvm::sys::getHostCPUName().str(), features};
}

Target aarch64_linux_target() {
  return {"aarch64-linux-gnu", "cortex-a53", ""};
}

std::string llvm_text(const loop::Function& function, const Target& target) {
  return text_of(function, target, false);
}
std::string optimized_llvm_text(const loop::Function& function, const Target& target) {
  return text_of(function, target, true);
}

std::vector<uint8_t> object_file(std::span<const loop::Function> functions, const Target& target) {
  const auto machine = target_machine(target, Optimize::kFully);
  llvm::LLVMContext context;
  const auto module = emit_module(functions, context, *machine);
  optimize_module(*module, *machine);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  require(!machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile),
          "target {}: LLVM writes no objects for it", target.triple);
  passes.run(*module);
  return {bytes.begin(), bytes.end()};
}

struct Jit::Engine {
  Target target;
  std::unique_ptr<llvm::TargetMachine> quick, full;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  int64_t compiled = 0;  // functions, for their names

  llvm::TargetMachine& machine(Optimize optimize) {
    return optimize == Optimize::kFully ? *full : *quick;
  }
};

struct Kernel::Code {
  std::shared_ptr<Jit::Engine> engine;
  llvm::orc::ResourceTrackerSP tracker;
  std::string name;
  size_t buffers, scalars;
  void (*entry)(void* const*, const loop::Value*);

  ~Code() { llvm::consumeError(tracker->remove()); }
};

Jit::Jit(const Target& target) : engine_(std::make_shared<Engine>()) {
  engine_->target = target;
  engine_->quick = target_machine(target, Optimize::kQuickly);
  engine_->full = target_machine(target, Optimize::kFully);
  engine_->jit = check(llvm::orc::LLJITBuilder()
                           .setDataLayout(engine_->full->createDataLayout())
                           .setJITTargetMachineBuilder(
                               llvm::orc::JITTargetMachineBuilder(llvm::Triple(target.triple)))
                           .create(),
                       "the JIT");
  check(engine_->jit->getMainJITDylib().define(
            llvm::orc::absoluteSymbols(runtime_symbols(*engine_->jit))),
        "the JIT");
}

Jit::~Jit() = default;

Kernel Jit::compile(const loop::Function& function, Optimize optimize) {
  llvm::TargetMachine& machine = engine_->machine(optimize);
  loop::Function named = function;
  named.name = fmt::format("{}.{}", function.name, engine_->compiled++);
  llvm::LLVMContext context;
  const auto module = emit_module({&named, 1}, context, machine);
  if (optimize == Optimize::kFully) optimize_module(*module, machine);
  auto object = check(llvm::orc::SimpleCompiler(machine)(*module), "compiling");

  auto code = std::make_shared<Kernel::Code>();
  code->engine = engine_;
  code->tracker = engine_->jit->getMainJITDylib().createResourceTracker();
  check(engine_->jit->addObjectFile(code->tracker, std::move(object)), "linking");
  code->name = function.name;
  code->buffers = function.parameters.size();
  code->scalars = function.scalars.size();
  code->entry = check(engine_->jit->lookup(named.name), "linking")
                    .toPtr<void(void* const*, const loop::Value*)>();
  Kernel kernel;
  kernel.code_ = std::move(code);
  return kernel;
}

void Kernel::operator()(std::span<void* const> buffers,
                        std::span<const loop::Value> scalars) const {
  require(buffers.size() == code_->buffers && scalars.size() == code_->scalars,
          "{} takes {} buffers and {} scalars, got {} and {}", code_->name, code_->buffers,
          code_->scalars, buffers.size(), scalars.size());
  for (void* buffer : buffers) {
    require(reinterpret_cast<uintptr_t>(buffer) % 64 == 0,
            "{}: a buffer is at {}, must be at a multiple of 64", code_->name, buffer);
  }
  code_->entry(buffers.data(), scalars.data());
}

}  // namespace vta::codegen
