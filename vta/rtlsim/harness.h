// The C interface of the library that holds the Verilated RTL and the harness around it. Compiled
// with the library and with vta; nothing else crosses.
#pragma once

#include <cstdint>

extern "C" {

struct VtaRtlModel;

// A run, from the write that starts it to the fall of `running`.
struct VtaRtlRun {
  // The memory: its bytes and how many; latency in cycles and cost of a beat in 1/65536 of a cycle,
  // as sim::MemoryTiming takes them. Beyond the capacity, and to accesses of bytes in
  // [error_begin, error_end), it answers with errors.
  uint8_t* dram = nullptr;
  uint64_t capacity = 0;
  uint64_t error_begin = 0;
  uint64_t error_end = 0;
  uint64_t latency = 0;
  uint64_t beat_cost = 0;

  uint16_t start_address = 0;  // the register write that starts the run
  uint32_t start_value = 0;
  uint16_t stop_address = 0;  // and the one that stops it, which begins in cycle `stop_cycle`
  uint32_t stop_value = 0;
  uint64_t stop_cycle = 0;

  uint64_t stall_limit = 0;  // cycles without any sign of progress, after which the run is given up

  // Cycles in which instructions started and ended, by unit (load, compute, store) and in program
  // order; room for `room` of each, how many there were.
  uint64_t* starts[3] = {};
  uint64_t* ends[3] = {};
  uint64_t room[3] = {};
  uint64_t started[3] = {};
  uint64_t ended[3] = {};

  // The cycles in which fetch dispatched, likewise.
  uint64_t* dispatches = nullptr;
  uint64_t dispatch_room = 0;
  uint64_t dispatched = 0;

  uint64_t cycles = 0;  // with `running` set
  // Of which by unit (fetch, load, compute, store) and cause.
  uint64_t attribution[4][16] = {};
};

// Functions that return int: 0, or 1 with the reason in vta_rtl_message.
using VtaRtlOpen = VtaRtlModel*(const char* wave, uint64_t wave_begin, uint64_t wave_end);
using VtaRtlClose = void(VtaRtlModel*);
using VtaRtlWrite = int(VtaRtlModel*, uint16_t address, uint32_t value);
using VtaRtlRead = int(VtaRtlModel*, uint16_t address, uint32_t* value);
using VtaRtlExecute = int(VtaRtlModel*, VtaRtlRun*);
using VtaRtlMessage = const char*(VtaRtlModel*);

// `wave`: the FST file for the cycles [wave_begin, wave_end), counted over all runs; null: none.
VtaRtlOpen vta_rtl_open;
VtaRtlClose vta_rtl_close;
VtaRtlWrite vta_rtl_write;
VtaRtlRead vta_rtl_read;
VtaRtlExecute vta_rtl_execute;
VtaRtlMessage vta_rtl_message;

}  // extern "C"

// Within the library: what Verilator's runtime has to say.
void vta_rtl_print(const char* format, ...);
