// The compute unit: starts LOAD of uop and acc, GEMM, ALU and FINISH in order, as far as their tokens and the
// hazards between loads and execution allow; they run beside each other and end in order.
`default_nettype none

module vta_compute (
  input  wire logic                          clk_i,
  input  wire logic                          clear_i,
  input  wire logic                          halt_i,

  // Command queue and tokens.
  input  wire logic                          cmd_valid_i,
  input  wire logic [vta_pkg::INSN_W-1:0]    cmd_insn_i,
  input  wire logic [vta_pkg::NUMBER_W-1:0]  cmd_number_i,
  input  wire logic                          cmd_empty_i,  // nothing in the queue, visible or not
  output logic                               cmd_pop_o,
  input  wire logic                          token_prev_valid_i,
  output logic                               token_prev_pop_o,
  output logic                               token_prev_push_o,
  input  wire logic                          token_next_valid_i,
  output logic                               token_next_pop_o,
  output logic                               token_next_push_o,
  input  wire logic                          fetch_done_i,
  input  wire logic                          others_idle_i,  // load and store units
  output logic                               finish_o,       // the run's last cycle

  // Requests, and the beats that belong to this unit: always taken.
  output logic                               req_valid_o,
  output logic [31:0]                        req_addr_o,
  output logic [4:0]                         req_len_o,
  input  wire logic                          req_grant_i,
  input  wire logic                          r_valid_i,
  input  wire logic [vta_pkg::BUS_W-1:0]     r_data_i,
  input  wire logic                          r_error_i,

  // Operands: two cycles after their address.
  output logic [vta_pkg::INP_IDX_W-1:0]      inp_raddr_o,
  input  wire logic [vta_pkg::INP_ENTRIES*vta_pkg::INP_W-1:0] inp_rdata_i,
  output logic [vta_pkg::WGT_IDX_W-1:0]      wgt_raddr_o,
  input  wire logic [vta_pkg::WGT_W-1:0]     wgt_rdata_i,

  // Each write of the accumulators, narrowed.
  output logic                               out_we_o,
  output logic [vta_pkg::ACC_IDX_W-1:0]      out_waddr_o,
  output logic [vta_pkg::OUT_W-1:0]          out_wdata_o,

  output logic                               fault_valid_o,
  output logic [3:0]                         fault_code_o,
  output logic [vta_pkg::NUMBER_W-1:0]       number_o,  // of the instruction with the fault, else of that which ends
  output logic                               event_start_o,
  output logic                               event_end_o,
  output logic [3:0]                         cause_o,
  output logic                               waits_for_token_o,
  output logic                               idle_o
);

  localparam int Groups = vta_pkg::BATCH * vta_pkg::BLOCK_OUT / vta_pkg::ALU_LANES;
  localparam int GroupIdxW = Groups > 1 ? $clog2(Groups) : 1;
  localparam int SlotW = 6;
  localparam int SizeW = vta_pkg::SIZE_W;
  localparam int BoundW = (SizeW > 4 ? SizeW : 4) + 2;  // of micro-ops that a load writes
  localparam int CountW = 6;  // of instructions started and finished: more than twice the completion FIFO
  localparam int InFlight = 2 * vta_pkg::DESCRIPTORS;
  localparam int InFlightW = $clog2(InFlight) + 1;
  localparam int PlaceW = $clog2(InFlight);
  localparam int DescCountW = $clog2(vta_pkg::DESCRIPTORS) + 1;

  // Starts.

  logic [2:0] opcode, memory_type;
  logic is_load, is_uop_load, is_exec, is_finish;
  assign opcode = cmd_insn_i[vta_pkg::OPCODE_LSB+:3];
  assign memory_type = cmd_insn_i[vta_pkg::MEM_MEMORY_LSB+:3];
  assign is_load = opcode == 3'(vta_pkg::OPCODE_LOAD);
  assign is_uop_load = memory_type == 3'(vta_pkg::TYPE_UOP);
  assign is_exec = opcode == 3'(vta_pkg::OPCODE_GEMM) || opcode == 3'(vta_pkg::OPCODE_ALU)
      || opcode == 3'(vta_pkg::OPCODE_DEPTHWISE);
  assign is_finish = opcode == 3'(vta_pkg::OPCODE_FINISH);

  logic prev_there, next_there, ready, start_load, start_exec, start_finish;
  logic dma_idle, next_free, load_hazard;
  logic [DescCountW-1:0] desc_count;
  logic [InFlightW-1:0] completion_count;
  assign prev_there = token_prev_valid_i || !cmd_insn_i[vta_pkg::POP_PREV_LSB];
  assign next_there = token_next_valid_i || !cmd_insn_i[vta_pkg::POP_NEXT_LSB];
  assign ready = cmd_valid_i && prev_there && next_there && completion_count < InFlightW'(InFlight) && !halt_i;
  assign start_load = ready && is_load && dma_idle && desc_count < DescCountW'(vta_pkg::DESCRIPTORS);
  assign start_exec = ready && is_exec && next_free && !load_hazard;
  assign start_finish = ready && is_finish && completion_count == '0 && others_idle_i;

  assign event_start_o = start_load || start_exec || start_finish;
  assign cmd_pop_o = event_start_o;
  assign token_prev_pop_o = event_start_o && cmd_insn_i[vta_pkg::POP_PREV_LSB];
  assign token_next_pop_o = event_start_o && cmd_insn_i[vta_pkg::POP_NEXT_LSB];
  assign finish_o = start_finish;

  // Ends, in order.

  logic head_valid, head_is_load, head_push_prev, head_push_next, ends;
  logic [CountW-1:0] exec_started_q, exec_finished_q, exec_ended_q, load_finished_q, load_ended_q;
  logic exec_finish, load_complete, load_complete_uop;

  vta_small_fifo #(.Width(3), .Depth(InFlight)) completion (
    .clk_i, .clear_i, .push_i(start_load || start_exec),
    .data_i({is_load, cmd_insn_i[vta_pkg::PUSH_PREV_LSB], cmd_insn_i[vta_pkg::PUSH_NEXT_LSB]}),
    .pop_i(ends), .valid_o(head_valid),
    .data_o({head_is_load, head_push_prev, head_push_next}),
    .count_o(completion_count)
  );

  // The instructions under way, of which one may be at fault.
  logic [PlaceW-1:0] start_place, end_place, fault_place;
  logic [vta_pkg::NUMBER_W-1:0] number;
  vta_numbers #(.Depth(InFlight)) numbers (
    .clk_i, .clear_i, .start_i(start_load || start_exec), .number_i(cmd_number_i), .start_place_o(start_place),
    .end_i(ends), .end_place_o(end_place), .place_i(fault_valid_o ? fault_place : end_place), .number_o(number)
  );
  assign number_o = start_finish ? cmd_number_i : number;

  assign ends = head_valid && !halt_i
      && (head_is_load ? load_finished_q != load_ended_q : exec_finished_q != exec_ended_q);
  assign event_end_o = ends || start_finish;
  assign token_prev_push_o = (ends && head_push_prev) || (start_finish && cmd_insn_i[vta_pkg::PUSH_PREV_LSB]);
  assign token_next_push_o = (ends && head_push_next) || (start_finish && cmd_insn_i[vta_pkg::PUSH_NEXT_LSB]);

  // Loads in flight, and the bounds of the micro-ops they write, which take the cycle after the start.

  logic [InFlightW-1:0] uop_loads_q, acc_loads_q;
  logic setup_q, setup_uop_q, setup_alone_q, wrong_type_q;
  logic [BoundW-1:0] rows, rows_q, columns, columns_q, setup_begin, setup_end, hull_begin_q, hull_end_q;
  logic [SizeW-1:0] sram_q;
  logic in_hull, overlap;
  logic [vta_pkg::UOP_IDX_W-1:0] uop_begin;
  logic [vta_pkg::UOP_IDX_W:0] uop_end;

  assign rows = BoundW'(cmd_insn_i[vta_pkg::MEM_Y_SIZE_LSB+:SizeW])
      + BoundW'(cmd_insn_i[vta_pkg::MEM_Y_PAD_BEFORE_LSB+:4]) + BoundW'(cmd_insn_i[vta_pkg::MEM_Y_PAD_AFTER_LSB+:4]);
  assign columns = BoundW'(cmd_insn_i[vta_pkg::MEM_X_SIZE_LSB+:SizeW])
      + BoundW'(cmd_insn_i[vta_pkg::MEM_X_PAD_BEFORE_LSB+:4]) + BoundW'(cmd_insn_i[vta_pkg::MEM_X_PAD_AFTER_LSB+:4]);

  // Of several rows: to the buffer's end.
  assign setup_begin = BoundW'(sram_q);
  assign setup_end = rows_q == '0 || columns_q == '0 ? setup_begin
                     : rows_q == BoundW'(1) ? setup_begin + columns_q : BoundW'(vta_pkg::UOP_DEPTH);

  always_ff @(posedge clk_i) begin
    if (start_load) begin
      setup_uop_q <= is_uop_load;
      setup_alone_q <= uop_loads_q == '0;
      wrong_type_q <= memory_type == 3'(vta_pkg::TYPE_OUT);
      sram_q <= cmd_insn_i[vta_pkg::MEM_SRAM_BASE_LSB+:SizeW];
      rows_q <= rows;
      columns_q <= columns;
    end
    if (setup_q && setup_uop_q) begin
      if (setup_alone_q || setup_begin < hull_begin_q) hull_begin_q <= setup_begin;
      if (setup_alone_q || setup_end > hull_end_q) hull_end_q <= setup_end;
    end
  end

  assign uop_begin = cmd_insn_i[vta_pkg::GEMM_UOP_BEGIN_LSB+:vta_pkg::UOP_IDX_W];
  assign uop_end = cmd_insn_i[vta_pkg::GEMM_UOP_END_LSB+:vta_pkg::UOP_IDX_W+1];
  assign in_hull = {1'b0, uop_begin} < uop_end && hull_begin_q < hull_end_q
      && BoundW'(uop_begin) < hull_end_q && hull_begin_q < BoundW'(uop_end);
  assign load_hazard = acc_loads_q != '0 || (setup_q && setup_uop_q) || (uop_loads_q != '0 && in_hull);

  logic starts_uop, starts_acc, completes_uop, completes_acc;
  assign starts_uop = start_load && is_uop_load;
  assign starts_acc = start_load && !is_uop_load;
  assign completes_uop = load_complete && load_complete_uop;
  assign completes_acc = load_complete && !load_complete_uop;

  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      setup_q <= 1'b0;
      uop_loads_q <= '0;
      acc_loads_q <= '0;
      exec_started_q <= '0;
      exec_finished_q <= '0;
      exec_ended_q <= '0;
      load_finished_q <= '0;
      load_ended_q <= '0;
    end else begin
      setup_q <= start_load;
      uop_loads_q <= uop_loads_q + InFlightW'(starts_uop) - InFlightW'(completes_uop);
      acc_loads_q <= acc_loads_q + InFlightW'(starts_acc) - InFlightW'(completes_acc);
      exec_started_q <= exec_started_q + CountW'(start_exec);
      exec_finished_q <= exec_finished_q + CountW'(exec_finish);
      exec_ended_q <= exec_ended_q + CountW'(ends && !head_is_load);
      load_finished_q <= load_finished_q + CountW'(load_complete);
      load_ended_q <= load_ended_q + CountW'(ends && head_is_load);
    end
  end

  initial begin
    setup_q = 1'b0;
    uop_loads_q = '0;
    acc_loads_q = '0;
    exec_started_q = '0;
    exec_finished_q = '0;
    exec_ended_q = '0;
    load_finished_q = '0;
    load_ended_q = '0;
  end

  // Loads: requests and data.

  logic dma_fault, room;
  logic [3:0] dma_fault_code;
  logic [PlaceW-1:0] setup_place_q;

  vta_read_dma dma (
    .clk_i, .clear_i, .halt_i,
    .start_i(start_load), .insn_i(cmd_insn_i), .idle_o(dma_idle),
    .req_valid_o, .req_addr_o, .req_len_o, .req_grant_i, .room_i(room),
    .fault_valid_o(dma_fault), .fault_code_o(dma_fault_code)
  );

  always_ff @(posedge clk_i) if (start_load) setup_place_q <= start_place;

  logic load_working, load_fault, uop_we, acc_we;
  logic [3:0] load_fault_code;
  logic [PlaceW-1:0] load_fault_place;
  logic [vta_pkg::UOP_IDX_W-1:0] uop_waddr;
  logic [vta_pkg::UOP_W-1:0] uop_wdata;
  logic [vta_pkg::ACC_IDX_W-1:0] acc_waddr;
  logic [vta_pkg::ACC_W-1:0] acc_wdata;

  vta_load_buffer buffer (
    .clk_i, .clear_i, .halt_i,
    .desc_push_i(start_load),
    .desc_fields_i({start_place, is_uop_load, memory_type == 3'(vta_pkg::TYPE_ACC8),
                    cmd_insn_i[vta_pkg::MEM_DRAM_BASE_LSB+:SlotW], cmd_insn_i[vta_pkg::MEM_X_STRIDE_LSB+:SlotW],
                    cmd_insn_i[vta_pkg::MEM_SRAM_BASE_LSB+:SizeW], cmd_insn_i[vta_pkg::MEM_Y_SIZE_LSB+:SizeW],
                    cmd_insn_i[vta_pkg::MEM_X_SIZE_LSB+:SizeW], cmd_insn_i[vta_pkg::MEM_X_PAD_AFTER_LSB+:4],
                    cmd_insn_i[vta_pkg::MEM_X_PAD_BEFORE_LSB+:4], cmd_insn_i[vta_pkg::MEM_Y_PAD_AFTER_LSB+:4],
                    cmd_insn_i[vta_pkg::MEM_Y_PAD_BEFORE_LSB+:4]}),
    .gate_push_i(setup_q), .desc_gated_i(!setup_uop_q || overlap), .desc_target_i(exec_started_q), .desc_count_o(desc_count),
    .finished_i(exec_finished_q),
    .req_grant_i, .req_len_i(req_len_o), .room_o(room), .r_valid_i, .r_data_i, .r_error_i,
    .uop_we_o(uop_we), .uop_waddr_o(uop_waddr), .uop_wdata_o(uop_wdata),
    .acc_we_o(acc_we), .acc_waddr_o(acc_waddr), .acc_wdata_o(acc_wdata),
    .working_o(load_working), .complete_o(load_complete), .complete_uop_o(load_complete_uop),
    .fault_valid_o(load_fault), .fault_code_o(load_fault_code), .fault_place_o(load_fault_place)
  );

  // Execution.

  logic next_valid, cur_valid, draining, pipe_busy, requantise_busy;
  logic slot_valid, last, gemm, depthwise, reset, overwrite, source, alu, requantise, first, use_imm, op_push, accept;
  logic [2:0] op;
  logic [15:0] imm;
  logic [GroupIdxW-1:0] group;
  logic [vta_pkg::ACC_IDX_W-1:0] dst, acc_src;
  logic exec_fault, exec_fault_index;
  logic [3:0] exec_fault_code;
  logic [PlaceW-1:0] exec_fault_place;

  vta_sequencer sequencer (
    .clk_i, .clear_i, .halt_i,
    .start_i(start_exec), .insn_i(cmd_insn_i), .place_i(start_place), .next_free_o(next_free),
    .next_valid_o(next_valid), .cur_valid_o(cur_valid), .draining_o(draining),
    .load_begin_i(setup_begin), .load_end_i(setup_end), .overlap_o(overlap),
    .uop_we_i(uop_we), .uop_waddr_i(uop_waddr), .uop_wdata_i(uop_wdata),
    .valid_o(slot_valid), .last_o(last), .gemm_o(gemm), .depthwise_o(depthwise), .reset_o(reset),
    .overwrite_o(overwrite), .source_o(source), .alu_o(alu), .requantise_o(requantise), .first_o(first),
    .use_imm_o(use_imm), .group_o(group), .op_push_o(op_push), .op_o(op), .imm_o(imm),
    .dst_o(dst), .acc_src_o(acc_src), .inp_src_o(inp_raddr_o), .wgt_o(wgt_raddr_o), .accept_i(accept),
    .pipe_busy_i(pipe_busy), .requantise_busy_i(requantise_busy),
    .fault_valid_o(exec_fault), .fault_index_o(exec_fault_index), .fault_code_o(exec_fault_code),
    .fault_place_o(exec_fault_place)
  );

  vta_execute execute (
    .clk_i, .clear_i,
    .valid_i(slot_valid), .last_i(last), .gemm_i(gemm), .depthwise_i(depthwise), .reset_i(reset),
    .overwrite_i(overwrite), .source_i(source), .alu_i(alu), .requantise_i(requantise), .first_i(first),
    .use_imm_i(use_imm), .group_i(group), .op_push_i(op_push), .op_i(op), .imm_i(imm),
    .dst_i(dst), .src_i(acc_src), .accept_o(accept), .inp_i(inp_rdata_i), .wgt_i(wgt_rdata_i),
    .load_we_i(acc_we), .load_waddr_i(acc_waddr), .load_wdata_i(acc_wdata),
    .out_we_o, .out_waddr_o, .out_wdata_o,
    .pipe_busy_o(pipe_busy), .requantise_busy_o(requantise_busy), .finish_o(exec_finish)
  );

  // Faults: a micro-op's index, a load's, an address, and what an instruction cannot be.

  logic wrong_type;
  assign wrong_type = setup_q && wrong_type_q && rows_q != '0 && columns_q != '0;
  assign fault_valid_o = exec_fault || load_fault || dma_fault || wrong_type;
  always_comb begin
    if (exec_fault_index) fault_code_o = exec_fault_code;
    else if (load_fault) fault_code_o = load_fault_code;
    else if (dma_fault) fault_code_o = dma_fault_code;
    else if (exec_fault) fault_code_o = exec_fault_code;
    else fault_code_o = 4'(vta_pkg::FAULT_DECODE);
    if (exec_fault_index) fault_place = exec_fault_place;
    else if (load_fault) fault_place = load_fault_place;
    else if (dma_fault) fault_place = setup_place_q;
    else if (exec_fault) fault_place = exec_fault_place;
    else fault_place = setup_place_q;
  end

  // Idleness and cause.

  logic in_flight, tokens_there;
  assign in_flight = completion_count != '0;
  assign tokens_there = prev_there && next_there;
  assign idle_o = cmd_empty_i && !in_flight;
  // FINISH waits for the other units, which may wait for a token for ever.
  assign waits_for_token_o = cmd_valid_i && !in_flight && (!tokens_there || (is_finish && !others_idle_i));

  always_comb begin
    if (cur_valid) cause_o = draining ? 4'(vta_pkg::CAUSE_PIPELINE) : 4'(vta_pkg::CAUSE_WORKING);
    else if (next_valid || event_start_o) cause_o = 4'(vta_pkg::CAUSE_ISSUE);
    else if (!cmd_valid_i) begin
      if (exec_started_q != exec_finished_q) cause_o = 4'(vta_pkg::CAUSE_PIPELINE);
      else if (uop_loads_q != '0 || acc_loads_q != '0) cause_o = 4'(vta_pkg::CAUSE_DMA_LATENCY);
      else if (!fetch_done_i) cause_o = 4'(vta_pkg::CAUSE_ISSUE);
      else cause_o = 4'(vta_pkg::CAUSE_DRAINED);
    end
    else if (!prev_there) cause_o = 4'(vta_pkg::CAUSE_TOKEN_PREV);
    else if (!next_there) cause_o = 4'(vta_pkg::CAUSE_TOKEN_NEXT);
    else if (is_finish) cause_o = 4'(vta_pkg::CAUSE_DRAINED);
    else if (is_exec && load_hazard) begin
      cause_o = load_working ? 4'(vta_pkg::CAUSE_DMA_BANDWIDTH) : 4'(vta_pkg::CAUSE_DMA_LATENCY);
    end
    else cause_o = 4'(vta_pkg::CAUSE_ISSUE);
  end

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      no_more_finish_than_start: assert (!exec_finish || exec_started_q != exec_finished_q);
    end
  end
`endif

endmodule

`default_nettype wire
