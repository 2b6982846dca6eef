// The store unit: STORE of the narrowed accumulators. One element a cycle, or one beat where an element is
// a beat or more, is read from the mirror and becomes bursts on the AXI write channels.
`default_nettype none

module vta_store (
  input  wire logic                          clk_i,
  input  wire logic                          clear_i,
  input  wire logic                          halt_i,

  input  wire logic                          cmd_valid_i,
  input  wire logic [vta_pkg::INSN_W-1:0]    cmd_insn_i,
  input  wire logic [vta_pkg::NUMBER_W-1:0]  cmd_number_i,
  input  wire logic                          cmd_empty_i,
  output logic                               cmd_pop_o,
  input  wire logic                          token_prev_valid_i,
  output logic                               token_prev_pop_o,
  output logic                               token_prev_push_o,
  input  wire logic                          fetch_done_i,

  output logic                               out_re_o,
  output logic [vta_pkg::ACC_IDX_W-1:0]      out_raddr_o,
  input  wire logic [vta_pkg::OUT_W-1:0]     out_rdata_i,  // one cycle later

  output logic [31:0]                        awaddr_o,
  output logic [7:0]                         awlen_o,
  output logic                               awvalid_o,
  input  wire logic                          awready_i,
  output logic [vta_pkg::BUS_W-1:0]          wdata_o,
  output logic [vta_pkg::BUS_W/8-1:0]        wstrb_o,
  output logic                               wlast_o,
  output logic                               wvalid_o,
  input  wire logic                          wready_i,
  input  wire logic                          bvalid_i,
  /* verilator lint_off UNUSEDSIGNAL */  // bit 1 tells errors
  input  wire logic [1:0]                    bresp_i,
  /* verilator lint_on UNUSEDSIGNAL */

  output logic                               fault_valid_o,
  output logic [3:0]                         fault_code_o,
  output logic [vta_pkg::NUMBER_W-1:0]       number_o,  // of the instruction with the fault, else of that which ends
  output logic                               event_start_o,
  output logic                               event_end_o,
  output logic [3:0]                         cause_o,
  output logic                               waits_for_token_o,
  output logic                               idle_o,
  output logic                               bus_idle_o  // no burst begun and not acknowledged
);

  localparam int BusBytes = vta_pkg::BUS_W / 8;
  localparam int BeatBytesW = $clog2(BusBytes);
  localparam int OutBytes = vta_pkg::OUT_W / 8;
  localparam int Shift = $clog2(OutBytes);
  localparam int Lanes = OutBytes > BusBytes ? OutBytes / BusBytes : 1;
  localparam int Slots = BusBytes > OutBytes ? BusBytes / OutBytes : 1;
  localparam int LaneW = Lanes > 1 ? $clog2(Lanes) : 1;
  localparam int SlotW = Slots > 1 ? $clog2(Slots) : 1;
  localparam int SizeW = vta_pkg::SIZE_W;
  localparam int BaseW = vta_pkg::DRAM_BASE_W;
  localparam int PlaceW = vta_pkg::DESCRIPTORS > 1 ? $clog2(vta_pkg::DESCRIPTORS) : 1;  // among those under way
  localparam int AddrW = vta_pkg::ADDRESS_W + 1;  // the highest bit says, and keeps, that it is beyond
  localparam int BeatW = AddrW - BeatBytesW;
  localparam int RowW = (SizeW + Shift > 6 ? SizeW + Shift : 6) + 1;
  localparam int IndexW = vta_pkg::INDEX_W + 1;   // not beyond by more than one
  localparam int StartedW = $clog2(vta_pkg::DESCRIPTORS) + 1;
  localparam int Outstanding = vta_pkg::OUTSTANDING;
  localparam int OutstandingW = $clog2(Outstanding) + 1;
  // Counts of bursts: what is compared differs by no more than those outstanding, or the instructions under way.
  localparam int BurstW = $clog2(Outstanding > vta_pkg::DESCRIPTORS ? Outstanding : vta_pkg::DESCRIPTORS) + 3;

  // Start: an instruction goes to the slot.

  logic start, tokens_there;
  logic [StartedW-1:0] started_q;  // started and not ended
  logic slot_q;
  logic [PlaceW-1:0] start_place, slot_place_q;
  logic [BaseW-1:0] dram_base_q;
  logic slot_push_q;
  logic [SizeW-1:0] slot_sram_q, slot_y_q, slot_x_q;
  logic [15:0] slot_stride_q;
  logic slot_pads_q;
  logic [2:0] slot_type_q;

  assign tokens_there = token_prev_valid_i || !cmd_insn_i[vta_pkg::POP_PREV_LSB];
  assign start = cmd_valid_i && tokens_there && !slot_q && started_q < StartedW'(vta_pkg::DESCRIPTORS) && !halt_i;
  assign cmd_pop_o = start;
  assign token_prev_pop_o = start && cmd_insn_i[vta_pkg::POP_PREV_LSB];
  assign event_start_o = start;

  always_ff @(posedge clk_i) begin
    if (start) begin
      slot_place_q <= start_place;
      slot_push_q <= cmd_insn_i[vta_pkg::PUSH_PREV_LSB];
      slot_type_q <= cmd_insn_i[vta_pkg::MEM_MEMORY_LSB+:3];
      slot_sram_q <= cmd_insn_i[vta_pkg::MEM_SRAM_BASE_LSB+:SizeW];
      dram_base_q <= cmd_insn_i[vta_pkg::MEM_DRAM_BASE_LSB+:BaseW];
      slot_y_q <= cmd_insn_i[vta_pkg::MEM_Y_SIZE_LSB+:SizeW];
      slot_x_q <= cmd_insn_i[vta_pkg::MEM_X_SIZE_LSB+:SizeW];
      slot_stride_q <= cmd_insn_i[vta_pkg::MEM_X_STRIDE_LSB+:16];
      slot_pads_q <= {cmd_insn_i[vta_pkg::MEM_Y_PAD_BEFORE_LSB+:4], cmd_insn_i[vta_pkg::MEM_Y_PAD_AFTER_LSB+:4],
                      cmd_insn_i[vta_pkg::MEM_X_PAD_BEFORE_LSB+:4], cmd_insn_i[vta_pkg::MEM_X_PAD_AFTER_LSB+:4]} != '0;
    end
  end

  logic slot_moves, slot_padded, slot_wrong_type;
  assign slot_moves = slot_x_q != '0 && slot_y_q != '0;
  assign slot_padded = slot_q && slot_pads_q;
  assign slot_wrong_type = slot_q && slot_moves && slot_type_q != 3'(vta_pkg::TYPE_OUT);

  // RUN.

  logic run_q, run_push_q, moves_q;
  logic [PlaceW-1:0] run_place_q;
  logic [SizeW-1:0] rows_left_q, columns_left_q, x_size_q;
  logic [IndexW-1:0] index_q;
  logic [AddrW-1:0] row_q;                    // byte address of the next row
  logic [RowW-1:0] row_bytes_q;
  logic [AddrW-1:0] stride_bytes_q;
  logic [BeatW-1:0] beat_q;                   // of the current element
  logic [RowW-1:0] row_left_q;                // beats of the row from beat_q on
  logic [4:0] burst_left_q;                   // beats of the burst from beat_q on; 0: a burst begins
  logic [LaneW-1:0] lane_q;
  logic [SlotW-1:0] position_q;               // of the element in the beat

  logic run_done, take;
  assign take = slot_q && (!run_q || run_done) && !halt_i && !slot_padded && !slot_wrong_type;

  function automatic logic [AddrW-1:0] address(input logic [BaseW+Shift:0] bytes);
    address = {bytes >> (AddrW - 1) != '0, (AddrW-1)'(bytes)};
  endfunction
  function automatic logic [AddrW-1:0] add(input logic [AddrW-1:0] x, input logic [AddrW-1:0] y);
    logic [AddrW-1:0] sum;
    sum = {1'b0, x[AddrW-2:0]} + {1'b0, y[AddrW-2:0]};
    add = {sum[AddrW-1] | x[AddrW-1] | y[AddrW-1], sum[AddrW-2:0]};
  endfunction

  logic [AddrW-1:0] next_row, stride_bytes;
  logic [RowW-1:0] next_bytes, next_beats;
  assign stride_bytes = address((BaseW+Shift+1)'(slot_stride_q) << Shift);
  assign next_row = take ? address((BaseW+Shift+1)'(dram_base_q) << Shift) : row_q;
  assign next_bytes = take ? RowW'(slot_x_q) << Shift : row_bytes_q;
  assign next_beats =
      ((RowW'(next_row[BeatBytesW-1:0]) + next_bytes - RowW'(1)) >> BeatBytesW) + RowW'(1);

  logic [4:0] to_boundary, len, burst_left;
  logic first, beyond_dram, beyond_sram, held, generate_element, beat_done, last_column, element_done;
  logic w_stalls;
  logic [OutstandingW-1:0] outstanding_q;
  assign to_boundary = 5'd16 - {1'b0, beat_q[3:0]};
  assign len = row_left_q < RowW'(to_boundary) ? row_left_q[4:0] : to_boundary;
  assign first = burst_left_q == '0;
  assign burst_left = first ? len : burst_left_q;
  assign beyond_dram = run_q && moves_q && first && beat_q[BeatW-1];
  assign held = w_stalls || (first && (outstanding_q == OutstandingW'(Outstanding) || (awvalid_o && !awready_i)
                                       || halt_i || beyond_dram));
  assign generate_element = run_q && moves_q && !held;
  assign beyond_sram = generate_element && index_q >= IndexW'(vta_pkg::ACC_DEPTH);
  assign element_done = Lanes == 1 || lane_q == LaneW'(Lanes - 1);
  assign last_column = columns_left_q == SizeW'(1);
  assign beat_done = Slots == 1 || position_q == SlotW'(Slots - 1) || last_column;
  assign run_done = run_q && (moves_q ? generate_element && element_done && last_column && rows_left_q == SizeW'(1)
                                      : !halt_i);

  always_ff @(posedge clk_i) begin
    if (take) begin
      run_place_q <= slot_place_q;
      run_push_q <= slot_push_q;
      moves_q <= slot_moves;
      rows_left_q <= slot_y_q;
      columns_left_q <= slot_x_q;
      x_size_q <= slot_x_q;
      index_q <= IndexW'(slot_sram_q);
      row_q <= add(next_row, stride_bytes);
      row_bytes_q <= next_bytes;
      stride_bytes_q <= stride_bytes;
      beat_q <= next_row[AddrW-1:BeatBytesW];
      row_left_q <= next_beats;
      burst_left_q <= '0;
      lane_q <= '0;
      position_q <= SlotW'(next_row[BeatBytesW-1:0] >> Shift);
    end else if (generate_element) begin
      burst_left_q <= burst_left;
      if (Lanes > 1) lane_q <= lane_q + 1'b1;
      if (Slots > 1) position_q <= position_q + 1'b1;
      if (beat_done) begin
        beat_q <= beat_q + 1'b1;
        row_left_q <= row_left_q - 1'b1;
        burst_left_q <= burst_left - 5'd1;
      end
      if (element_done) begin
        index_q <= index_q + 1'b1;
        columns_left_q <= columns_left_q - 1'b1;
        if (last_column) begin
          columns_left_q <= x_size_q;
          rows_left_q <= rows_left_q - 1'b1;
          row_q <= add(row_q, stride_bytes_q);
          beat_q <= next_row[AddrW-1:BeatBytesW];
          row_left_q <= next_beats;
          position_q <= SlotW'(next_row[BeatBytesW-1:0] >> Shift);
        end
      end
    end
  end

  // The element's data come a cycle later and join those of its beat.

  logic read_q, read_done_q, read_last_q, read_masked_q;
  /* verilator lint_off UNUSEDSIGNAL */  // one of the two, or neither
  logic [LaneW-1:0] read_lane_q;
  logic [SlotW-1:0] read_position_q;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [vta_pkg::BUS_W-1:0] beat_data;
  logic [BusBytes-1:0] beat_strobe;
  /* verilator lint_off UNUSEDSIGNAL */  // where an element is less than a beat
  logic [vta_pkg::BUS_W-1:0] assembled_q;
  logic [BusBytes-1:0] strobe_q;
  /* verilator lint_on UNUSEDSIGNAL */

  assign out_raddr_o = index_q[vta_pkg::ACC_IDX_W-1:0];

  // A complete beat that the bus does not take yet holds all behind it.
  logic wvalid_q;
  assign w_stalls = wvalid_q && !wready_i && read_q && read_done_q;
  assign out_re_o = !w_stalls;

  always_ff @(posedge clk_i) begin
    if (clear_i) read_q <= 1'b0;
    else if (!w_stalls) read_q <= generate_element;
    if (!w_stalls) begin
      read_done_q <= beat_done;
      read_last_q <= burst_left == 5'd1;
      read_lane_q <= lane_q;
      read_position_q <= position_q;
      read_masked_q <= beyond_sram || halt_i;
    end
  end

  generate
    if (Lanes > 1) begin : gen_lanes
      assign beat_data = vta_pkg::BUS_W'(out_rdata_i >> (32'(read_lane_q) * vta_pkg::BUS_W));
      assign beat_strobe = read_masked_q ? '0 : '1;
    end else begin : gen_slots
      localparam int PositionShift = Slots > 1 ? vta_pkg::OUT_W : 0;
      assign beat_data = assembled_q
          | (vta_pkg::BUS_W'(out_rdata_i) << (32'(read_position_q) * PositionShift));
      assign beat_strobe = strobe_q
          | (read_masked_q ? '0 : {{(BusBytes - OutBytes){1'b0}}, {OutBytes{1'b1}}}
                                  << (32'(read_position_q) * (PositionShift / 8)));
    end
  endgenerate

  always_ff @(posedge clk_i) begin
    if (clear_i || (read_q && read_done_q && !w_stalls)) begin
      assembled_q <= '0;
      strobe_q <= '0;
    end else if (read_q && !read_done_q) begin
      assembled_q <= beat_data;
      strobe_q <= beat_strobe;
    end
  end

  logic awvalid_q, wlast_q;
  logic [AddrW-2:0] awaddr_q;
  logic [4:0] awlen_q;
  logic [vta_pkg::BUS_W-1:0] wdata_q;
  logic [BusBytes-1:0] wstrb_q;

  always_ff @(posedge clk_i) begin
    if (generate_element && first) begin
      awaddr_q <= {beat_q[BeatW-2:0], {BeatBytesW{1'b0}}};
      awlen_q <= len - 5'd1;
    end
    if (read_q && read_done_q && !w_stalls) begin
      wdata_q <= beat_data;
      wstrb_q <= beat_strobe;
      wlast_q <= read_last_q;
    end
    if (clear_i) begin
      awvalid_q <= 1'b0;
      wvalid_q <= 1'b0;
    end else begin
      if (generate_element && first) awvalid_q <= 1'b1;
      else if (awready_i) awvalid_q <= 1'b0;
      if (read_q && read_done_q) wvalid_q <= 1'b1;
      else if (wready_i) wvalid_q <= 1'b0;
    end
  end

  assign awvalid_o = awvalid_q;
  assign awaddr_o = 32'(awaddr_q);
  assign awlen_o = {3'b000, awlen_q};
  assign wvalid_o = wvalid_q;
  assign wdata_o = wdata_q;
  assign wstrb_o = wstrb_q;
  assign wlast_o = wlast_q;

  // Acknowledgements, and the ends in order.

  logic [BurstW-1:0] issued_q, issued, acked_q, target;
  logic pending_valid, pending_push, pending_error, acknowledged, ends;
  logic error_q;            // a burst was answered with an error:
  logic [BurstW-1:0] error_at_q;  // the first such one
  logic bus_error;          // was of the instruction that would end
  /* verilator lint_off UNUSEDSIGNAL */
  logic [StartedW-1:0] unused_count;
  logic [BurstW-1:0] acked_beyond, error_beyond;
  /* verilator lint_on UNUSEDSIGNAL */
  assign issued = issued_q + BurstW'(generate_element && first);
  assign acked_beyond = acked_q - target;
  assign error_beyond = error_at_q - target;
  assign acknowledged = pending_valid && !acked_beyond[BurstW-1] && !halt_i;
  assign bus_error = acknowledged && error_q && (pending_error || error_beyond[BurstW-1]);
  assign ends = acknowledged && !bus_error;

  vta_small_fifo #(.Width(2 + BurstW), .Depth(vta_pkg::DESCRIPTORS)) pending (
    .clk_i, .clear_i, .push_i(run_done), .data_i({run_push_q, error_q, issued}), .pop_i(ends),
    .valid_o(pending_valid), .data_o({pending_push, pending_error, target}), .count_o(unused_count)
  );

  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      slot_q <= 1'b0;
      run_q <= 1'b0;
      started_q <= '0;
      issued_q <= '0;
      acked_q <= '0;
      error_q <= 1'b0;
      outstanding_q <= '0;
    end else begin
      if (start) slot_q <= 1'b1;
      else if (take) slot_q <= 1'b0;
      if (take) run_q <= 1'b1;
      else if (run_done) run_q <= 1'b0;
      started_q <= started_q + StartedW'(start) - StartedW'(ends);
      issued_q <= issued;
      if (bvalid_i) acked_q <= acked_q + 1'b1;
      if (bvalid_i && bresp_i[1] && !error_q) begin
        error_q <= 1'b1;
        error_at_q <= acked_q;
      end
      outstanding_q <= outstanding_q + OutstandingW'(generate_element && first) - OutstandingW'(bvalid_i);
    end
  end

  initial begin
    slot_q = 1'b0;
    run_q = 1'b0;
    started_q = '0;
    issued_q = '0;
    acked_q = '0;
    error_q = 1'b0;
    outstanding_q = '0;
    read_q = 1'b0;
    awvalid_q = 1'b0;
    wvalid_q = 1'b0;
    assembled_q = '0;
    strobe_q = '0;
  end

  assign event_end_o = ends;
  assign token_prev_push_o = ends && pending_push;
  assign bus_idle_o = outstanding_q == '0;

  assign fault_valid_o = bus_error || beyond_dram || beyond_sram || slot_padded || slot_wrong_type;
  always_comb begin
    if (bus_error) fault_code_o = 4'(vta_pkg::FAULT_BUS);
    else if (beyond_dram) fault_code_o = 4'(vta_pkg::FAULT_DRAM_RANGE);
    else if (beyond_sram) fault_code_o = 4'(vta_pkg::FAULT_SRAM_RANGE);
    else if (slot_padded) fault_code_o = 4'(vta_pkg::FAULT_STORE_PAD);
    else fault_code_o = 4'(vta_pkg::FAULT_DECODE);
  end

  logic [PlaceW-1:0] end_place, place;
  vta_numbers #(.Depth(vta_pkg::DESCRIPTORS)) numbers (
    .clk_i, .clear_i, .start_i(start), .number_i(cmd_number_i), .start_place_o(start_place),
    .end_i(ends), .end_place_o(end_place), .place_i(place), .number_o
  );
  always_comb begin
    place = end_place;
    if (!bus_error && fault_valid_o) place = beyond_dram || beyond_sram ? run_place_q : slot_place_q;
  end

  assign idle_o = cmd_empty_i && started_q == '0;
  assign waits_for_token_o = cmd_valid_i && !tokens_there && started_q == '0;

  always_comb begin
    if (generate_element || (run_q && !moves_q)) cause_o = 4'(vta_pkg::CAUSE_WORKING);
    else if (run_q) cause_o = 4'(vta_pkg::CAUSE_DMA_BANDWIDTH);
    else if (slot_q) cause_o = 4'(vta_pkg::CAUSE_ISSUE);
    else if (cmd_valid_i && !tokens_there) cause_o = 4'(vta_pkg::CAUSE_TOKEN_PREV);
    else if (pending_valid) cause_o = 4'(vta_pkg::CAUSE_DMA_LATENCY);
    else if (cmd_valid_i || !fetch_done_i) cause_o = 4'(vta_pkg::CAUSE_ISSUE);
    else cause_o = 4'(vta_pkg::CAUSE_DRAINED);
  end

`ifdef VTA_ASSERT
  // The byte where the element that is generated next goes, by its row and column, and by its beat.
  logic [AddrW-1:0] row_begin_q, by_index, by_beat;
  logic [SizeW-1:0] column;
  logic [RowW-1:0] beats_of_the_row;
  always_ff @(posedge clk_i) begin
    if (take || (generate_element && element_done && last_column)) row_begin_q <= next_row;
  end
  assign column = x_size_q - columns_left_q;
  assign by_index = row_begin_q + (AddrW'(column) << Shift) + AddrW'(Lanes > 1 ? 32'(lane_q) * BusBytes : 0);
  assign by_beat = {beat_q, {BeatBytesW{1'b0}}} + AddrW'(Slots > 1 ? 32'(position_q) * OutBytes : 0);
  assign beats_of_the_row = Lanes > 1
      ? RowW'(columns_left_q) * RowW'(Lanes) - RowW'(lane_q)
      : ((RowW'(Slots > 1 ? 32'(position_q) : 0) + RowW'(columns_left_q) - RowW'(1)) / RowW'(Slots)) + RowW'(1);

  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      if (run_q && moves_q) begin
        an_element_is_left: assert (rows_left_q != '0 && columns_left_q != '0 && columns_left_q <= x_size_q);
        rows_begin_a_stride_apart: assert (row_q == add(row_begin_q, stride_bytes_q)
            && row_bytes_q == RowW'(x_size_q) << Shift);
        rows_begin_with_an_element: assert (((row_q | row_begin_q | stride_bytes_q)
                                             & (AddrW'(OutBytes) - AddrW'(1))) == '0);
        the_element_goes_where_its_index_says: assert (by_beat == by_index);
        the_row_has_a_beat_for_each_element: assert (row_left_q == beats_of_the_row);
        a_burst_ends_with_its_row_or_its_16_beats: assert (first || burst_left_q == len);
      end
      every_instruction_under_way_has_its_place: assert (32'(started_q) == 32'(slot_q) + 32'(run_q) + 32'(unused_count));
      no_more_bursts_than_allowed_are_outstanding: assert (outstanding_q <= OutstandingW'(Outstanding));
      if (generate_element && first) begin
        a_burst_has_1_to_16_beats: assert (len != '0 && len <= 5'd16);
        a_burst_ends_within_its_16_beats: assert ({1'b0, beat_q[3:0]} + len <= 5'd16);
      end
      a_response_answers_a_burst: assert (!bvalid_i || outstanding_q != '0);
      no_more_instructions_than_allowed_are_under_way: assert (32'(started_q) <= vta_pkg::DESCRIPTORS);
    end
  end
`endif

endmodule

`default_nettype wire
