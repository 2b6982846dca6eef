// The text form of loop IR: prints, and parses back to the same.
//
//   function:  "func" DOTTED "(" [buffer {"," buffer}] [";" scalar {"," scalar}] ")"
//              "{" {statement} "}"
//   scalar:    NAME ":" TYPE
//   buffer:    NAME ":" TYPE "[" [N {"," N}] "]" [SCOPE] ["strides" "[" N {"," N} "]"]
//   statement: "alloc" buffer                      // lives to the end of the braces
//            | "for" NAME "in" N [KIND] notes "{" {statement} "}"
//            | "if" expr "{" {statement} "}"
//            | NAME "[" [exprs] "]" "=" expr
//            | "copy" region "=" region
//            | "scope" "{" {statement} "}"            // ends the allocs in it
//            | "call" DOTTED "(" [region {"," region}] [";" exprs] ")"
//            | "block" NAME "(" [iter {"," iter}] ")" ["where" expr] notes
//              "{" ["init" "{" {statement} "}"] {statement} "}"
//   iter:      NAME "in" N ["reduce"] "=" expr
//   region:    NAME "[" [part {"," part}] "]"      part: expr [":" N]  (N elements from expr on; 1)
//   notes:     {"@" NAME "=" STRING}               DOTTED: NAME {"." NAME}
//   expr:      operators "|" "^" "&"  "==" "!=" "<" "<="  "<<" ">>"  "+" "-"  "*" "/" "//" "%",
//              loosest first, left to right; min(a, b), max(a, b), select(c, a, b); TYPE(a), a
//              cast; FUNCTION(exprs); NAME; NAME "[" exprs "]"; constants: 3 is an index, 3:i32,
//              0.5:f32
//
// Names in printed text are unique: a second loop i is called i_1.
#pragma once

#include <string>
#include <string_view>

#include "vta/loop/stmt.h"

namespace vta::loop {

std::string to_string(const Function& function);
std::string to_string(const Expr& e);  // variables and buffers under their own names

// Throws Error with line and column. What it returns has passed verify().
Function parse(std::string_view text);

}  // namespace vta::loop
