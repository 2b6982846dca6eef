# Everything from a fresh clone: `make demo`, `make test`. The build itself is CMake's
# (CMakePresets.json); this file only installs what is missing and names the steps.

DEVICE ?= fsim
# The RTL takes about a hundred times as long.
IMAGES ?= $(if $(filter rtl,$(DEVICE)),300,1000)
FUZZ_SECONDS ?= 60
SOAK_MINUTES ?= 10
SOAK_HW ?=
JOBS ?= 2

.PHONY: build demo test unit-asan fuzz soak formal synth format packages clean

build:
	scripts/install_packages.sh build rtl
	cmake --preset release
	cmake --build --preset release

demo: build
	build/bin/vta demo --device $(DEVICE) --images $(IMAGES)

test: build
	scripts/install_packages.sh test
	scripts/install_python_packages.sh build/python
	scripts/install_echarts.sh build/echarts
	ctest --test-dir build --output-on-failure -j$(JOBS)

# The unit tests once more, under AddressSanitizer and UndefinedBehaviorSanitizer.
unit-asan:
	scripts/install_packages.sh build rtl test check
	cmake --preset asan
	cmake --build --preset asan --target unit_tests
	ctest --test-dir build-asan --output-on-failure -j$(JOBS) -L unit

# Each fuzz target for FUZZ_SECONDS on its kept corpus, with the same sanitizers.
fuzz:
	scripts/install_packages.sh build rtl check
	cmake --preset asan
	cmake --build --preset asan --target fuzz_targets
	scripts/fuzz.sh build-asan $(FUZZ_SECONDS)

# Other random programs than the tests', for SOAK_MINUTES, on all devices, at the configurations
# SOAK_HW or those of the tests. What differs is written to build/soak, made small. The RTL of
# SOAK_HW=datacenter takes minutes to build.
soak: build
	build/bin/vta fuzz --minutes $(SOAK_MINUTES) --count 1000000000 \
	  $(addprefix --hw ,$(SOAK_HW)) --seed $$(date +%s) -o build/soak

# What is proved of the RTL (formal/claims.txt), and that a broken copy is not.
formal:
	scripts/install_packages.sh test
	formal/prove.sh vta/rtl/golden/tiny/vta_pkg.sv rtl

# Presets on their boards and in standard cells, against vta/synth/golden; minutes each. One of them:
# build/test/area_test --gtest_filter='*/ultra96_xcup' [--update].
synth: build
	scripts/install_packages.sh test
	build/test/area_test

format:
	scripts/install_packages.sh check
	git ls-files '*.cc' '*.h' | xargs clang-format -i

packages:
	scripts/install_packages.sh build rtl test check

clean:
	rm -rf build build-debug build-asan build-tsan
