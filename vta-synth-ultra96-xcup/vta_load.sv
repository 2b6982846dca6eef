// The load unit: LOAD of inp and wgt. Requests run ahead of the data by up to DESCRIPTORS instructions; data
// and padding are written at the same time.
`default_nettype none

module vta_load #(
  localparam int InpLanes = vta_pkg::INP_W > vta_pkg::BUS_W ? vta_pkg::INP_W / vta_pkg::BUS_W : 1,
  localparam int WgtLanes = vta_pkg::WGT_W > vta_pkg::BUS_W ? vta_pkg::WGT_W / vta_pkg::BUS_W : 1,
  localparam int InpLaneW = vta_pkg::INP_W / InpLanes,
  localparam int WgtLaneW = vta_pkg::WGT_W / WgtLanes
) (
  input  wire logic                       clk_i,
  input  wire logic                       clear_i,
  input  wire logic                       halt_i,

  // Command queue and tokens.
  input  wire logic                       cmd_valid_i,
  input  wire logic [vta_pkg::INSN_W-1:0] cmd_insn_i,
  input  wire logic [vta_pkg::NUMBER_W-1:0] cmd_number_i,
  input  wire logic                       cmd_empty_i,  // nothing in the queue, visible or not
  output logic                            cmd_pop_o,
  input  wire logic                       token_next_valid_i,
  output logic                            token_next_pop_o,
  output logic                            token_next_push_o,
  input  wire logic                       fetch_done_i,

  // Requests, and the beats that belong to this unit.
  output logic                            req_valid_o,
  output logic [31:0]                     req_addr_o,
  output logic [4:0]                      req_len_o,
  input  wire logic                       req_grant_i,
  input  wire logic                       r_valid_i,
  input  wire logic [vta_pkg::BUS_W-1:0]  r_data_i,
  input  wire logic                       r_error_i,
  output logic                            r_ready_o,
  input  wire logic                       r_other_i,  // a burst of another unit is being delivered

  // Scratchpads.
  output logic [InpLanes-1:0]             inp_we_o,
  output logic [InpLaneW-1:0]             inp_wdata_o,
  output logic                            inp_pad_we_o,
  output logic [WgtLanes-1:0]             wgt_we_o,
  output logic [WgtLaneW-1:0]             wgt_wdata_o,
  output logic                            wgt_pad_we_o,
  output logic [15:0]                     waddr_o,
  output logic [15:0]                     pad_addr_o,
  output logic                            pad_min_o,

  output logic                            fault_valid_o,
  output logic [3:0]                      fault_code_o,
  output logic [vta_pkg::NUMBER_W-1:0]       number_o,  // of the instruction with the fault, else of that which ends
  output logic                            event_start_o,
  output logic                            event_end_o,
  output logic [3:0]                      cause_o,
  output logic                            waits_for_token_o,
  output logic                            idle_o
);

  // Elements of a beat, for elements smaller than one.
  localparam int InpSlots = vta_pkg::BUS_W > vta_pkg::INP_W ? vta_pkg::BUS_W / vta_pkg::INP_W : 1;
  localparam int WgtSlots = vta_pkg::BUS_W > vta_pkg::WGT_W ? vta_pkg::BUS_W / vta_pkg::WGT_W : 1;
  localparam int SlotW = 6;   // a beat has at most 64 elements
  localparam int Lanes = InpLanes > WgtLanes ? InpLanes : WgtLanes;
  localparam int LaneW = Lanes > 1 ? $clog2(Lanes) : 1;
  localparam int SizeW = vta_pkg::SIZE_W;
  localparam int LengthW = (SizeW > 5 ? SizeW : 5) + 1;  // of a row with padding
  localparam int IndexW = (vta_pkg::INDEX_W > 5 ? vta_pkg::INDEX_W : 5) + 2;
  localparam int NumberW = vta_pkg::NUMBER_W;
  localparam int DescW = NumberW + 1 + 1 + 1 + 2 * SlotW + 3 * SizeW + 16;
  localparam int DescCountW = $clog2(vta_pkg::DESCRIPTORS) + 1;

  // Indices whose highest bit says, and keeps, that they are beyond every scratchpad.
  function automatic logic [IndexW-1:0] add(input logic [IndexW-1:0] index, input logic [IndexW-1:0] by);
    logic [IndexW-1:0] sum;
    sum = {1'b0, index[IndexW-2:0]} + {1'b0, by[IndexW-2:0]};
    add = {sum[IndexW-1] | index[IndexW-1] | by[IndexW-1], sum[IndexW-2:0]};
  endfunction

  // Issue side.

  logic start, dma_idle, dma_fault;
  logic [3:0] dma_fault_code;
  logic [DescCountW-1:0] desc_count;
  logic tokens_there;
  logic [NumberW-1:0] number_q;  // of the instruction that the DMA requests

  assign tokens_there = token_next_valid_i || !cmd_insn_i[vta_pkg::POP_NEXT_LSB];
  assign start = cmd_valid_i && tokens_there && dma_idle && desc_count < DescCountW'(vta_pkg::DESCRIPTORS) && !halt_i;
  assign cmd_pop_o = start;
  assign token_next_pop_o = start && cmd_insn_i[vta_pkg::POP_NEXT_LSB];
  assign event_start_o = start;

  vta_read_dma dma (
    .clk_i, .clear_i, .halt_i,
    .start_i(start), .insn_i(cmd_insn_i), .idle_o(dma_idle),
    .req_valid_o, .req_addr_o, .req_len_o, .req_grant_i, .room_i(1'b1),
    .fault_valid_o(dma_fault), .fault_code_o(dma_fault_code)
  );

  always_ff @(posedge clk_i) if (start) number_q <= cmd_number_i;

  // Descriptors.

  logic desc_valid, desc_pop;
  logic [NumberW-1:0] d_number;
  logic d_push_next, d_is_wgt, d_pad_min;
  logic [SlotW-1:0] d_slot, d_stride_slot;
  logic [SizeW-1:0] d_sram, d_y, d_x;
  logic [3:0] d_xpa, d_xpb, d_ypa, d_ypb;

  vta_ram_fifo #(.Width(DescW), .Depth(vta_pkg::DESCRIPTORS)) descriptors (
    .clk_i, .clear_i, .push_i(start),
    .data_i({cmd_number_i, cmd_insn_i[vta_pkg::PUSH_NEXT_LSB],
             cmd_insn_i[vta_pkg::MEM_MEMORY_LSB+:3] == 3'(vta_pkg::TYPE_WGT), cmd_insn_i[vta_pkg::MEM_PAD_MIN_LSB],
             cmd_insn_i[vta_pkg::MEM_DRAM_BASE_LSB+:SlotW], cmd_insn_i[vta_pkg::MEM_X_STRIDE_LSB+:SlotW],
             cmd_insn_i[vta_pkg::MEM_SRAM_BASE_LSB+:SizeW], cmd_insn_i[vta_pkg::MEM_Y_SIZE_LSB+:SizeW],
             cmd_insn_i[vta_pkg::MEM_X_SIZE_LSB+:SizeW], cmd_insn_i[vta_pkg::MEM_X_PAD_AFTER_LSB+:4],
             cmd_insn_i[vta_pkg::MEM_X_PAD_BEFORE_LSB+:4], cmd_insn_i[vta_pkg::MEM_Y_PAD_AFTER_LSB+:4],
             cmd_insn_i[vta_pkg::MEM_Y_PAD_BEFORE_LSB+:4]}),
    .pop_i(desc_pop), .valid_o(desc_valid),
    .data_o({d_number, d_push_next, d_is_wgt, d_pad_min, d_slot, d_stride_slot, d_sram, d_y, d_x, d_xpa,
             d_xpb, d_ypa, d_ypb}),
    .count_o(desc_count)
  );

  // Data side: `cur`.

  logic cur_valid_q, cur_push_next_q, cur_is_wgt_q, cur_pad_min_q, any_beat_q;
  logic [NumberW-1:0] cur_number_q, end_number_q;
  logic [LengthW-1:0] row_length_q;    // with padding
  logic [SizeW-1:0] cur_x_q;
  logic [4:0] x_pads_q;
  logic [3:0] cur_xpb_q;
  logic [SlotW-1:0] stride_slot_q;

  logic data_left_q;            // elements of data remain
  logic [SizeW-1:0] rows_left_q, columns_left_q;
  logic [IndexW-1:0] index_q;
  logic [SlotW-1:0] row_slot_q, slot_q;
  logic [LaneW-1:0] lane_q;

  logic consume, element_done, last_column, last_element;
  logic [SlotW-1:0] slots_mask;
  logic [LaneW-1:0] last_lane;
  logic data_done;

  assign slots_mask = cur_is_wgt_q ? SlotW'(WgtSlots - 1) : SlotW'(InpSlots - 1);
  assign last_lane = cur_is_wgt_q ? LaneW'(WgtLanes - 1) : LaneW'(InpLanes - 1);
  assign consume = cur_valid_q && data_left_q && r_valid_i && !halt_i;
  assign element_done = Lanes == 1 || lane_q == last_lane;
  assign last_column = columns_left_q == SizeW'(1);
  assign last_element = element_done && last_column && rows_left_q == SizeW'(1);
  assign r_ready_o = cur_valid_q && data_left_q && ((slot_q & slots_mask) == slots_mask || last_column);
  assign data_done = !data_left_q || (consume && last_element);

  // Padding: walks the rows; a row of padding element by element, a row with data only its ends.

  logic pads_left_q;
  logic [LengthW-1:0] pad_rows_left_q; // of the phase
  logic [1:0] pad_phase_q;      // 0 rows before, 1 rows with data, 2 rows after
  logic [IndexW-1:0] pad_row_q; // index of the row's first element
  logic [LengthW-1:0] pad_k_q;
  logic [3:0] cur_ypa_q;
  logic [SizeW-1:0] cur_y_q;

  logic pad_step, pad_row_done, pad_phase_done, pad_done, pad_write;
  logic [LengthW-1:0] pad_row_cycles;
  logic [IndexW-1:0] pad_index;

  assign pad_step = cur_valid_q && pads_left_q && !halt_i;
  assign pad_row_cycles = pad_phase_q != 2'd1 ? row_length_q
                          : x_pads_q == '0 ? LengthW'(1) : LengthW'(x_pads_q);
  assign pad_row_done = pad_k_q + LengthW'(1) == pad_row_cycles;
  assign pad_phase_done = pad_row_done && pad_rows_left_q == LengthW'(1);
  assign pad_write = pad_step && (pad_phase_q != 2'd1 || x_pads_q != '0);
  assign pad_index = add(pad_row_q, IndexW'(pad_k_q)
      + (pad_phase_q == 2'd1 && pad_k_q >= LengthW'(cur_xpb_q) ? IndexW'(cur_x_q) : '0));

  logic pad_last_phase;
  assign pad_last_phase = pad_phase_q == 2'd2 || (cur_ypa_q == '0 && (pad_phase_q == 2'd1 || cur_y_q == '0));
  assign pad_done = !pads_left_q || (pad_step && pad_phase_done && pad_last_phase);

  logic complete, end_q, end_push_q;
  assign complete = cur_valid_q && data_done && pad_done;
  assign desc_pop = desc_valid && (!cur_valid_q || complete) && !halt_i;

  // Of the descriptor at the head.
  logic [LengthW-1:0] d_length;
  logic [5:0] d_pads;
  logic [IndexW+3:0] d_index;
  logic d_moves, d_has_data, d_has_pads;
  assign d_index = (IndexW+4)'(d_ypb) * (IndexW+4)'(d_length) + (IndexW+4)'(d_sram) + (IndexW+4)'(d_xpb);
  assign d_length = LengthW'(d_x) + LengthW'(d_xpb) + LengthW'(d_xpa);
  assign d_pads = 6'(d_ypb) + 6'(d_ypa);
  assign d_moves = d_length != '0 && (d_y != '0 || d_pads != '0);
  assign d_has_data = d_x != '0 && d_y != '0;
  assign d_has_pads = d_moves && (d_pads != '0 || d_xpb != '0 || d_xpa != '0);

  always_ff @(posedge clk_i) begin
    if (desc_pop) begin
      cur_number_q <= d_number;
      cur_push_next_q <= d_push_next;
      cur_is_wgt_q <= d_is_wgt;
      cur_pad_min_q <= d_pad_min;
      row_length_q <= d_length;
      cur_x_q <= d_x;
      cur_y_q <= d_y;
      cur_xpb_q <= d_xpb;
      cur_ypa_q <= d_ypa;
      x_pads_q <= 5'(d_xpb) + 5'(d_xpa);
      stride_slot_q <= d_stride_slot;
      any_beat_q <= 1'b0;

      data_left_q <= d_has_data;
      rows_left_q <= d_y;
      columns_left_q <= d_x;
      index_q <= {d_index >> (IndexW - 1) != '0, d_index[IndexW-2:0]};
      row_slot_q <= d_slot;
      slot_q <= d_slot;
      lane_q <= '0;

      pads_left_q <= d_has_pads;
      pad_phase_q <= d_ypb != '0 ? 2'd0 : d_y != '0 ? 2'd1 : 2'd2;
      pad_rows_left_q <= d_ypb != '0 ? LengthW'(d_ypb) : d_y != '0 ? LengthW'(d_y) : LengthW'(d_ypa);
      pad_row_q <= IndexW'(d_sram);
      pad_k_q <= '0;
    end else begin
      if (consume) begin
        any_beat_q <= 1'b1;
        lane_q <= element_done ? '0 : lane_q + 1'b1;
        if (element_done) begin
          slot_q <= slot_q + 1'b1;
          index_q <= add(index_q, IndexW'(1));
          columns_left_q <= columns_left_q - 1'b1;
          if (last_column) begin
            columns_left_q <= cur_x_q;
            rows_left_q <= rows_left_q - 1'b1;
            index_q <= add(index_q, IndexW'(x_pads_q) + 1'b1);
            row_slot_q <= row_slot_q + stride_slot_q;
            slot_q <= row_slot_q + stride_slot_q;
          end
          if (last_element) data_left_q <= 1'b0;
        end
      end
      if (pad_step) begin
        pad_k_q <= pad_k_q + LengthW'(1);
        if (pad_row_done) begin
          pad_k_q <= '0;
          pad_row_q <= add(pad_row_q, IndexW'(row_length_q));
          pad_rows_left_q <= pad_rows_left_q - LengthW'(1);
        end
        if (pad_phase_done) begin
          pad_phase_q <= pad_phase_q == 2'd0 && cur_y_q != '0 ? 2'd1 : 2'd2;
          pad_rows_left_q <= pad_phase_q == 2'd0 && cur_y_q != '0 ? LengthW'(cur_y_q) : LengthW'(cur_ypa_q);
          if (pad_last_phase) pads_left_q <= 1'b0;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (clear_i) cur_valid_q <= 1'b0;
    else if (desc_pop) cur_valid_q <= 1'b1;
    else if (complete) cur_valid_q <= 1'b0;
    end_q <= complete && !clear_i && !halt_i;
    end_push_q <= cur_push_next_q;
    if (complete) end_number_q <= cur_number_q;
  end

  initial begin
    cur_valid_q = 1'b0;
    end_q = 1'b0;
  end

  assign event_end_o = end_q;
  assign token_next_push_o = end_q && end_push_q;

  // Writes.

  logic [IndexW-1:0] depth;
  logic data_beyond, pad_beyond, beyond, bus_error;
  assign depth = cur_is_wgt_q ? IndexW'(vta_pkg::WGT_DEPTH) : IndexW'(vta_pkg::INP_DEPTH);
  assign data_beyond = consume && index_q >= depth;
  assign pad_beyond = pad_write && pad_index >= depth;
  assign beyond = data_beyond || pad_beyond;
  assign bus_error = consume && r_error_i;
  assign waddr_o = 16'(index_q);
  assign pad_addr_o = 16'(pad_index);
  assign pad_min_o = cur_pad_min_q;
  assign inp_pad_we_o = pad_write && !cur_is_wgt_q && !pad_beyond;
  assign wgt_pad_we_o = pad_write && cur_is_wgt_q && !pad_beyond;

  logic write_inp, write_wgt;
  assign write_inp = consume && !cur_is_wgt_q && !data_beyond;
  assign write_wgt = consume && cur_is_wgt_q && !data_beyond;

  generate
    if (InpLanes > 1) begin : gen_inp_lanes
      always_comb for (int i = 0; i < InpLanes; i++) inp_we_o[i] = write_inp && lane_q == LaneW'(i);
    end else begin : gen_inp_lane
      assign inp_we_o = write_inp;
    end
    if (WgtLanes > 1) begin : gen_wgt_lanes
      always_comb for (int i = 0; i < WgtLanes; i++) wgt_we_o[i] = write_wgt && lane_q == LaneW'(i);
    end else begin : gen_wgt_lane
      assign wgt_we_o = write_wgt;
    end
  endgenerate
  logic [SlotW-1:0] slot;
  assign slot = slot_q & slots_mask;
  assign inp_wdata_o = InpLaneW'(r_data_i >> (32'(slot) * InpLaneW));
  assign wgt_wdata_o = WgtLaneW'(r_data_i >> (32'(slot) * WgtLaneW));

  // Faults, cause, idleness.

  assign fault_valid_o = beyond || bus_error || dma_fault;
  assign fault_code_o = beyond ? 4'(vta_pkg::FAULT_SRAM_RANGE)
                        : bus_error ? 4'(vta_pkg::FAULT_BUS) : dma_fault_code;
  assign number_o = beyond || bus_error ? cur_number_q : dma_fault ? number_q : end_number_q;

  logic in_flight;
  assign in_flight = !dma_idle || desc_valid || cur_valid_q || end_q;
  assign idle_o = cmd_empty_i && !in_flight;
  assign waits_for_token_o = cmd_valid_i && !tokens_there && !in_flight;

  always_comb begin
    if (consume || pad_step) cause_o = 4'(vta_pkg::CAUSE_WORKING);
    else if (cur_valid_q) begin
      if (r_other_i) cause_o = 4'(vta_pkg::CAUSE_ARBITRATION);
      else if (any_beat_q) cause_o = 4'(vta_pkg::CAUSE_DMA_BANDWIDTH);
      else cause_o = 4'(vta_pkg::CAUSE_DMA_LATENCY);
    end
    else if (in_flight || start) cause_o = 4'(vta_pkg::CAUSE_ISSUE);
    else if (cmd_valid_i) cause_o = 4'(vta_pkg::CAUSE_TOKEN_NEXT);
    else if (!fetch_done_i) cause_o = 4'(vta_pkg::CAUSE_ISSUE);
    else cause_o = 4'(vta_pkg::CAUSE_DRAINED);
  end

endmodule

`default_nettype wire
