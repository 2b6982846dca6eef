// The file of a compiled module, `.vtam`, little-endian:
//   bytes 0-7    the characters VTAMODUL
//   bytes 8-11   format version, u32, now 1
//   bytes 12-15  length of the header, u32
//   header       JSON: config, fingerprint, graph (its text form), constants, buffers, arena_bytes,
//                kernels, steps; blobs are given by their size in bytes
//   payload      the blobs without gaps: data of the graph's constants, contents of the constant
//                buffers, then of each kernel the encoded instructions, micro-ops and relocations
//                (u32 instruction, i32 buffer)
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "vta/module/module.h"

namespace vta::module {

// Throws Error that says what is wrong where: not a module, another version, truncated, bytes left
// over, a key missing or unknown, or as verify() does. Allocates in proportion to the bytes given.
Module parse_module(std::span<const uint8_t> bytes);
Module load_module(const std::filesystem::path& path);  // errors begin with the path

// parse_module gives the same module back.
std::vector<uint8_t> format_module(const Module& module);
void save_module(const std::filesystem::path& path, const Module& module);

}  // namespace vta::module
