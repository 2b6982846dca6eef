// Fetch: reads the program in order into a buffer, checks what every instruction must be, and hands one a
// cycle to the command queue of its unit, with its number.
`default_nettype none

module vta_fetch (
  input  wire logic                       clk_i,
  input  wire logic                       clear_i,   // a run begins: takes address and count
  input  wire logic                       running_i,
  input  wire logic                       halt_i,
  input  wire logic [31:0]                address_i,
  input  wire logic [31:0]                count_i,

  output logic                            req_valid_o,
  output logic [31:0]                     req_addr_o,
  output logic [4:0]                      req_len_o,
  input  wire logic                       req_grant_i,
  input  wire logic                       r_valid_i,  // always taken
  input  wire logic [vta_pkg::BUS_W-1:0]  r_data_i,
  input  wire logic                       r_error_i,

  // Command queues: 0 load, 1 compute, 2 store.
  output logic [2:0]                      push_o,
  output logic [vta_pkg::INSN_W-1:0]      insn_o,
  output logic [vta_pkg::NUMBER_W-1:0]    number_o,
  input  wire logic [2:0]                 full_i,

  output logic                            done_o,     // all are dispatched
  output logic                            blocked_o,  // by a full queue
  output logic                            fault_valid_o,
  output logic [3:0]                      fault_code_o,
  output logic [3:0]                      cause_o
);

  localparam int BeatBytesW = $clog2(vta_pkg::BUS_W / 8);
  localparam int InsnBytesW = $clog2(vta_pkg::INSN_W / 8);
  localparam int AddrW = vta_pkg::ADDRESS_W;
  localparam int BeatW = AddrW - BeatBytesW;
  localparam int NumberW = vta_pkg::NUMBER_W;
  localparam int Depth = 64;

  logic [BeatW-1:0] beat_q;        // of the next burst
  logic [BeatW:0] beats_left_q;    // to request
  logic [6:0] credits_q;
  logic [NumberW-1:0] number_q;    // of the next instruction
  logic [NumberW:0] left_q;        // instructions left
  logic bad_program_q;

  // What fits the memory.
  logic [AddrW:0] total_bytes, end_address;
  logic beyond;
  assign total_bytes = {count_i[NumberW:0], {InsnBytesW{1'b0}}};
  assign end_address = {1'b0, address_i[AddrW-1:0]} + {1'b0, total_bytes[AddrW-1:0]};
  assign beyond = (count_i >> NumberW) != '0 || 33'(address_i) >> AddrW != '0
      || (end_address[AddrW] && end_address[AddrW-1:0] != '0);

  // Requests.

  logic [4:0] to_boundary, len;
  assign to_boundary = 5'd16 - {1'b0, beat_q[3:0]};
  assign len = beats_left_q < (BeatW+1)'(to_boundary) ? beats_left_q[4:0] : to_boundary;
  assign req_valid_o = running_i && beats_left_q != '0 && credits_q >= 7'(len) && !bad_program_q && !halt_i;
  assign req_addr_o = 32'({beat_q, {BeatBytesW{1'b0}}});
  assign req_len_o = len;

  // The buffer.

  logic head_valid, head_error, pop;
  logic [vta_pkg::BUS_W-1:0] head;
  /* verilator lint_off UNUSEDSIGNAL */  // for an assertion
  logic [6:0] buffered;
  /* verilator lint_on UNUSEDSIGNAL */

  vta_ram_fifo #(.Width(1 + vta_pkg::BUS_W), .Depth(Depth)) buffer (
    .clk_i, .clear_i, .push_i(r_valid_i && !halt_i), .data_i({r_error_i, r_data_i}), .pop_i(pop),
    .valid_o(head_valid), .data_o({head_error, head}), .count_o(buffered)
  );

  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      beat_q <= address_i[AddrW-1:BeatBytesW];
      beats_left_q <= (BeatW+1)'((total_bytes + (AddrW+1)'((1 << BeatBytesW) - 1)) >> BeatBytesW);
      credits_q <= 7'(Depth);
      bad_program_q <= count_i == '0 || address_i[5:0] != '0 || beyond;
    end else begin
      if (req_grant_i) begin
        beat_q <= beat_q + BeatW'(len);
        beats_left_q <= beats_left_q - (BeatW+1)'(len);
      end
      credits_q <= credits_q - (req_grant_i ? 7'(len) : 7'd0) + (pop ? 7'd1 : 7'd0);
    end
  end

  // The instruction at the head.

  logic whole;  // the instruction is there
  logic error;  // and a beat of it came with an error
  logic [vta_pkg::INSN_W-1:0] insn;
  logic dispatch;

  generate
    if (vta_pkg::INSN_W > vta_pkg::BUS_W) begin : gen_gather
      localparam int Parts = vta_pkg::INSN_W / vta_pkg::BUS_W;
      localparam int PartW = $clog2(Parts);
      logic [PartW-1:0] part_q;
      logic [vta_pkg::INSN_W-vta_pkg::BUS_W-1:0] gathered_q;
      assign whole = head_valid && part_q == PartW'(Parts - 1);
      logic error_q;
      assign insn = {head, gathered_q};
      assign error = head_error || error_q;
      assign pop = head_valid && (part_q != PartW'(Parts - 1) || dispatch) && !halt_i;
      always_ff @(posedge clk_i) begin
        if (clear_i) part_q <= '0;
        else if (pop) part_q <= part_q + 1'b1;
        if (clear_i) error_q <= 1'b0;
        else if (pop) error_q <= error && part_q != PartW'(Parts - 1);
        if (pop) gathered_q <= (vta_pkg::INSN_W - vta_pkg::BUS_W)'({head, gathered_q} >> vta_pkg::BUS_W);
      end
    end else if (vta_pkg::INSN_W == vta_pkg::BUS_W) begin : gen_equal
      assign whole = head_valid;
      assign insn = head;
      assign error = head_error;
      assign pop = dispatch;
    end else begin : gen_select
      localparam int Parts = vta_pkg::BUS_W / vta_pkg::INSN_W;
      localparam int PartW = $clog2(Parts);
      logic [PartW-1:0] part_q;
      assign whole = head_valid;
      assign error = head_error;
      assign insn = vta_pkg::INSN_W'(head >> (32'(part_q) * vta_pkg::INSN_W));
      assign pop = dispatch && (part_q == PartW'(Parts - 1) || left_q == (NumberW+1)'(1));
      always_ff @(posedge clk_i) begin
        if (clear_i) part_q <= '0;
        else if (dispatch) part_q <= part_q + 1'b1;
      end
    end
  endgenerate

  // Where a LOAD or STORE names more than there can be, the most that the units' fields hold: they find it beyond.
  localparam int SizeW = vta_pkg::SIZE_W;
  localparam int BaseW = vta_pkg::DRAM_BASE_W;

  function automatic logic [SizeW-1:0] limit(input logic [15:0] value);
    limit = 17'(value) >> SizeW != '0 ? '1 : value[SizeW-1:0];
  endfunction

  always_comb begin
    insn_o = insn;
    if (is_memory) begin
      insn_o[vta_pkg::MEM_SRAM_BASE_LSB+:SizeW] = limit(insn[vta_pkg::MEM_SRAM_BASE_LSB+:16]);
      insn_o[vta_pkg::MEM_Y_SIZE_LSB+:SizeW] = limit(insn[vta_pkg::MEM_Y_SIZE_LSB+:16]);
      insn_o[vta_pkg::MEM_X_SIZE_LSB+:SizeW] = limit(insn[vta_pkg::MEM_X_SIZE_LSB+:16]);
      if (33'(insn[vta_pkg::MEM_DRAM_BASE_LSB+:32]) >> BaseW != '0) begin
        insn_o[vta_pkg::MEM_DRAM_BASE_LSB+:BaseW] = '1;
      end
    end
  end

  logic [2:0] opcode, memory_type, alu_op, unit;
  logic decodes, is_finish, is_memory;
  assign opcode = insn[vta_pkg::OPCODE_LSB+:3];
  assign memory_type = insn[vta_pkg::MEM_MEMORY_LSB+:3];
  assign alu_op = insn[vta_pkg::ALU_ALU_OP_LSB+:3];
  assign is_finish = opcode == 3'(vta_pkg::OPCODE_FINISH);
  assign is_memory = opcode == 3'(vta_pkg::OPCODE_LOAD) || opcode == 3'(vta_pkg::OPCODE_STORE);
  assign decodes = opcode <= 3'(vta_pkg::TAPS != 0 ? vta_pkg::OPCODE_DEPTHWISE : vta_pkg::OPCODE_ALU)
      && !(is_memory && memory_type > 3'(vta_pkg::TYPE_ACC8))
      && !(opcode == 3'(vta_pkg::OPCODE_ALU) && alu_op > 3'(vta_pkg::OP_REQUANTISE));

  always_comb begin
    unit = 3'b010;
    if (opcode == 3'(vta_pkg::OPCODE_STORE)) unit = 3'b100;
    else if (opcode == 3'(vta_pkg::OPCODE_LOAD)
             && (memory_type == 3'(vta_pkg::TYPE_INP) || memory_type == 3'(vta_pkg::TYPE_WGT))) begin
      unit = 3'b001;
    end
  end

  logic finish_misplaced, no_neighbour, bad;
  assign finish_misplaced = is_finish != (left_q == (NumberW+1)'(1));
  assign no_neighbour =
      (unit[0] && (insn[vta_pkg::POP_PREV_LSB] || insn[vta_pkg::PUSH_PREV_LSB]))
      || (unit[2] && (insn[vta_pkg::POP_NEXT_LSB] || insn[vta_pkg::PUSH_NEXT_LSB]));
  assign bad = whole && (error || !decodes || finish_misplaced || no_neighbour);

  logic there;
  assign there = whole && left_q != '0;
  assign dispatch = there && !bad && (unit & full_i) == '0 && !halt_i;
  assign push_o = dispatch ? unit : 3'b000;
  assign number_o = number_q;
  assign done_o = left_q == '0;
  assign blocked_o = there && !bad && (unit & full_i) != '0;

  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      number_q <= '0;
      left_q <= count_i[NumberW:0];
    end else if (dispatch) begin
      number_q <= number_q + 1'b1;
      left_q <= left_q - 1'b1;
    end
  end

  assign fault_valid_o = bad_program_q || (there && bad);
  always_comb begin
    if (bad_program_q) fault_code_o = 4'(vta_pkg::FAULT_PROGRAM);
    else if (error) fault_code_o = 4'(vta_pkg::FAULT_BUS);
    else if (!decodes) fault_code_o = 4'(vta_pkg::FAULT_DECODE);
    else if (finish_misplaced) fault_code_o = 4'(vta_pkg::FAULT_FINISH);
    else fault_code_o = 4'(vta_pkg::FAULT_NEIGHBOUR);
  end

  always_comb begin
    if (dispatch) cause_o = 4'(vta_pkg::CAUSE_WORKING);
    else if (done_o) cause_o = 4'(vta_pkg::CAUSE_DRAINED);
    else if (there) cause_o = 4'(vta_pkg::CAUSE_QUEUE_FULL);
    else cause_o = 4'(vta_pkg::CAUSE_DMA_LATENCY);
  end

`ifdef VTA_ASSERT
  logic [6:0] owed_q;         // beats granted and not yet here
  logic [BeatW-1:0] begin_q;  // first beat of the program
  logic [BeatW:0] beats_q, requested_q;
  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      begin_q <= address_i[AddrW-1:BeatBytesW];
      beats_q <= (BeatW+1)'((total_bytes + (AddrW+1)'((1 << BeatBytesW) - 1)) >> BeatBytesW);
      requested_q <= '0;
    end else if (req_grant_i) begin
      requested_q <= requested_q + (BeatW+1)'(len);
    end
    if (!clear_i && running_i && !bad_program_q) begin
      what_is_left_follows_what_was_requested: assert (requested_q <= beats_q
          && beats_left_q == beats_q - requested_q && beat_q == BeatW'({1'b0, begin_q} + requested_q));
      the_program_ends_within_memory: assert ((BeatW+2)'(begin_q) + (BeatW+2)'(beats_q) <= (BeatW+2)'(1) << BeatW);
      if (req_valid_o) begin
        no_request_outside_the_program: assert (beat_q >= begin_q
            && (BeatW+2)'(beat_q) + (BeatW+2)'(len) <= (BeatW+2)'(begin_q) + (BeatW+2)'(beats_q));
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (clear_i) owed_q <= '0;
    else owed_q <= owed_q + (req_grant_i ? 7'(len) : 7'd0) - 7'(r_valid_i);
    if (!clear_i && running_i && !halt_i) begin
      a_beat_was_asked_for: assume (!r_valid_i || owed_q != '0);
      every_place_is_free_or_owed_or_full: assert (9'(credits_q) + 9'(owed_q) + 9'(buffered) == 9'(Depth));
      if (req_valid_o) begin
        a_burst_has_1_to_16_beats: assert (len != '0 && len <= 5'd16);
        a_burst_ends_within_its_16_beats: assert ({1'b0, beat_q[3:0]} + len <= 5'd16);
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (!clear_i && running_i) begin
      every_beat_has_its_place: assert (!(r_valid_i && !halt_i && buffered == 7'(Depth)));
      credits_never_exceed_the_buffer: assert (credits_q <= 7'(Depth));
      a_dispatch_goes_to_one_queue: assert (!dispatch || (unit & (unit - 3'd1)) == '0);
    end
  end
`endif

endmodule

`default_nettype wire
