// The data side of compute's loads (uop, acc, acc8): beats wait in a buffer until the load at the head may write,
// which is when the instructions that still use what it overwrites have finished. Padding first, then data.
`default_nettype none

module vta_load_buffer #(
  localparam int SlotW = 6,         // a beat has at most 64 elements
  localparam int TargetW = 6,       // counts of exec instructions
  localparam int PlaceW = $clog2(2 * vta_pkg::DESCRIPTORS),  // of an instruction under way
  localparam int FieldsW = PlaceW + 2 + 2 * SlotW + 3 * vta_pkg::SIZE_W + 16,
  localparam int CountW = $clog2(vta_pkg::DESCRIPTORS) + 1
) (
  input  wire logic                          clk_i,
  input  wire logic                          clear_i,
  input  wire logic                          halt_i,

  // A descriptor: fields of the load; and a cycle later, whether it waits until `finished` has come to `target`.
  input  wire logic                          desc_push_i,
  input  wire logic [FieldsW-1:0]            desc_fields_i,
  input  wire logic                          gate_push_i,
  input  wire logic                          desc_gated_i,
  input  wire logic [TargetW-1:0]            desc_target_i,
  output logic [CountW-1:0]                  desc_count_o,
  input  wire logic [TargetW-1:0]            finished_i,

  // Beats, and room for those that a request would bring.
  input  wire logic                          req_grant_i,
  input  wire logic [4:0]                    req_len_i,
  output logic                               room_o,
  input  wire logic                          r_valid_i,
  input  wire logic [vta_pkg::BUS_W-1:0]     r_data_i,
  input  wire logic                          r_error_i,

  output logic                               uop_we_o,
  output logic [vta_pkg::UOP_IDX_W-1:0]      uop_waddr_o,
  output logic [vta_pkg::UOP_W-1:0]          uop_wdata_o,
  output logic                               acc_we_o,
  output logic [vta_pkg::ACC_IDX_W-1:0]      acc_waddr_o,
  output logic [vta_pkg::ACC_W-1:0]          acc_wdata_o,

  output logic                               working_o,   // an element, beat or pad moves
  output logic                               complete_o,  // the load at the head does, in this cycle
  output logic                               complete_uop_o,
  output logic                               fault_valid_o,
  output logic [3:0]                         fault_code_o,
  output logic [PlaceW-1:0]                  fault_place_o
);

  localparam int Depth = 64;
  localparam int BusW = vta_pkg::BUS_W;
  localparam int UopW = vta_pkg::UOP_W;
  localparam int AccW = vta_pkg::ACC_W;
  localparam int OutW = vta_pkg::OUT_W;
  localparam int UopSlots = BusW / UopW;
  localparam int AccSlots = BusW > AccW ? BusW / AccW : 1;
  localparam int OutSlots = BusW > OutW ? BusW / OutW : 1;
  localparam int AccLanes = AccW > BusW ? AccW / BusW : 1;
  localparam int OutLanes = OutW > BusW ? OutW / BusW : 1;
  localparam int LaneW = AccLanes > 1 ? $clog2(AccLanes) : 1;
  localparam int SizeW = vta_pkg::SIZE_W;
  localparam int LengthW = (SizeW > 5 ? SizeW : 5) + 1;  // of a row with padding
  localparam int IndexW = (vta_pkg::INDEX_W > 5 ? vta_pkg::INDEX_W : 5) + 2;

  // Indices whose highest bit says, and keeps, that they are beyond every scratchpad.
  function automatic logic [IndexW-1:0] add(input logic [IndexW-1:0] index, input logic [IndexW-1:0] by);
    logic [IndexW-1:0] sum;
    sum = {1'b0, index[IndexW-2:0]} + {1'b0, by[IndexW-2:0]};
    add = {sum[IndexW-1] | index[IndexW-1] | by[IndexW-1], sum[IndexW-2:0]};
  endfunction

  // Buffer and credits.

  logic beat_valid, beat_error, beat_pop;
  logic [BusW-1:0] beat;
  /* verilator lint_off UNUSEDSIGNAL */  // for an assertion
  logic [6:0] buffered;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [6:0] credits_q;

  vta_ram_fifo #(.Width(1 + BusW), .Depth(Depth)) beats (
    .clk_i, .clear_i, .push_i(r_valid_i && !halt_i), .data_i({r_error_i, r_data_i}), .pop_i(beat_pop),
    .valid_o(beat_valid), .data_o({beat_error, beat}), .count_o(buffered)
  );

  initial credits_q = 7'(Depth);
  assign room_o = credits_q >= 7'(req_len_i);
  always_ff @(posedge clk_i) begin
    if (clear_i) credits_q <= 7'(Depth);
    else credits_q <= credits_q - (req_grant_i ? 7'(req_len_i) : 7'd0) + 7'(beat_pop);
  end

  // Descriptors.

  logic desc_valid, desc_pop, d_gated, d_is_uop, d_is_acc8, d_moves, d_has_data, d_has_pads;
  logic [TargetW-1:0] d_target;
  logic [PlaceW-1:0] d_place;
  logic [SlotW-1:0] d_slot, d_stride_slot;
  logic [SizeW-1:0] d_sram, d_y, d_x;
  logic [3:0] d_xpa, d_xpb, d_ypa, d_ypb;
  logic [LengthW-1:0] d_length;
  logic [IndexW+3:0] d_index;
  logic [5:0] d_pads;

  vta_ram_fifo #(.Width(FieldsW), .Depth(vta_pkg::DESCRIPTORS)) descriptors (
    .clk_i, .clear_i, .push_i(desc_push_i), .data_i(desc_fields_i), .pop_i(desc_pop), .valid_o(desc_valid),
    .data_o({d_place, d_is_uop, d_is_acc8, d_slot, d_stride_slot, d_sram, d_y, d_x, d_xpa, d_xpb, d_ypa, d_ypb}),
    .count_o(desc_count_o)
  );
  /* verilator lint_off UNUSEDSIGNAL */  // for an assertion
  logic gate_valid;
  logic [CountW-1:0] gate_count;
  /* verilator lint_on UNUSEDSIGNAL */
  vta_small_fifo #(.Width(1 + TargetW), .Depth(vta_pkg::DESCRIPTORS)) gates (
    .clk_i, .clear_i, .push_i(gate_push_i), .data_i({desc_gated_i, desc_target_i}), .pop_i(desc_pop),
    .valid_o(gate_valid), .data_o({d_gated, d_target}), .count_o(gate_count)
  );

  assign d_index = (IndexW+4)'(d_ypb) * (IndexW+4)'(d_length) + (IndexW+4)'(d_sram) + (IndexW+4)'(d_xpb);
  assign d_length = LengthW'(d_x) + LengthW'(d_xpb) + LengthW'(d_xpa);
  assign d_pads = 6'(d_ypb) + 6'(d_ypa);
  assign d_moves = d_length != '0 && (d_y != '0 || d_pads != '0);
  assign d_has_data = d_x != '0 && d_y != '0;
  assign d_has_pads = d_moves && (d_pads != '0 || d_xpb != '0 || d_xpa != '0);

  // `cur`: its padding walks the rows, a row of padding element by element, a row with data only its ends; then
  // the data.

  logic valid_q, gated_q, is_uop_q, is_acc8_q;
  logic [TargetW-1:0] target_q;
  logic [PlaceW-1:0] place_q;
  logic [LengthW-1:0] row_length_q;  // with padding
  logic [SizeW-1:0] x_q, y_q;
  logic [4:0] x_pads_q;
  logic [3:0] xpb_q, ypa_q;
  logic [SlotW-1:0] stride_slot_q;

  logic data_left_q, pads_left_q;
  logic [SizeW-1:0] rows_left_q, columns_left_q;
  logic [IndexW-1:0] index_q;
  logic [SlotW-1:0] row_slot_q, slot_q;
  logic [LaneW-1:0] lane_q;
  logic [LengthW-1:0] pad_rows_left_q;  // of the phase
  logic [1:0] pad_phase_q;       // 0 rows before, 1 rows with data, 2 rows after
  logic [IndexW-1:0] pad_row_q;  // index of the row's first element
  logic [LengthW-1:0] pad_k_q;

  logic [TargetW-1:0] ahead;
  logic open, pad_step, consume;
  assign ahead = finished_i - target_q;
  assign open = valid_q && (!gated_q || !ahead[TargetW-1]) && !halt_i;
  assign pad_step = open && pads_left_q;
  assign consume = open && !pads_left_q && data_left_q && beat_valid;

  logic [SlotW-1:0] slots_mask, slot;
  logic [LaneW-1:0] last_lane;
  logic element_done, last_column, last_element;
  assign slots_mask = is_uop_q ? SlotW'(UopSlots - 1) : is_acc8_q ? SlotW'(OutSlots - 1) : SlotW'(AccSlots - 1);
  assign last_lane = is_uop_q ? '0 : is_acc8_q ? LaneW'(OutLanes - 1) : LaneW'(AccLanes - 1);
  assign slot = slot_q & slots_mask;
  assign element_done = AccLanes == 1 || lane_q == last_lane;
  assign last_column = columns_left_q == SizeW'(1);
  assign last_element = element_done && last_column && rows_left_q == SizeW'(1);
  assign beat_pop = consume && (slot == slots_mask || last_column);

  logic [LengthW-1:0] pad_row_cycles;
  logic [IndexW-1:0] pad_index;
  logic pad_row_done, pad_phase_done, pad_last_phase, pad_last, pad_write;
  assign pad_row_cycles = pad_phase_q != 2'd1 ? row_length_q : x_pads_q == '0 ? LengthW'(1) : LengthW'(x_pads_q);
  assign pad_row_done = pad_k_q + LengthW'(1) == pad_row_cycles;
  assign pad_phase_done = pad_row_done && pad_rows_left_q == LengthW'(1);
  assign pad_last_phase = pad_phase_q == 2'd2 || (ypa_q == '0 && (pad_phase_q == 2'd1 || y_q == '0));
  assign pad_last = pad_phase_done && pad_last_phase;
  assign pad_write = pad_step && (pad_phase_q != 2'd1 || x_pads_q != '0);
  assign pad_index = add(pad_row_q, IndexW'(pad_k_q)
      + (pad_phase_q == 2'd1 && pad_k_q >= LengthW'(xpb_q) ? IndexW'(x_q) : '0));

  assign working_o = pad_step || consume;
  assign complete_o = open && (pads_left_q ? pad_last && !data_left_q
                                           : !data_left_q || (consume && last_element));
  assign complete_uop_o = is_uop_q;
  assign desc_pop = desc_valid && (!valid_q || complete_o) && !halt_i;

  always_ff @(posedge clk_i) begin
    if (clear_i) valid_q <= 1'b0;
    else if (desc_pop) valid_q <= 1'b1;
    else if (complete_o) valid_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (desc_pop) begin
      gated_q <= d_gated;
      target_q <= d_target;
      place_q <= d_place;
      is_uop_q <= d_is_uop;
      is_acc8_q <= d_is_acc8;
      row_length_q <= d_length;
      x_q <= d_x;
      y_q <= d_y;
      xpb_q <= d_xpb;
      ypa_q <= d_ypa;
      x_pads_q <= 5'(d_xpb) + 5'(d_xpa);
      stride_slot_q <= d_stride_slot;

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
        lane_q <= element_done ? '0 : lane_q + 1'b1;
        if (element_done) begin
          slot_q <= slot_q + 1'b1;
          index_q <= add(index_q, IndexW'(1));
          columns_left_q <= columns_left_q - 1'b1;
          if (last_column) begin
            columns_left_q <= x_q;
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
          pad_phase_q <= pad_phase_q == 2'd0 && y_q != '0 ? 2'd1 : 2'd2;
          pad_rows_left_q <= pad_phase_q == 2'd0 && y_q != '0 ? LengthW'(y_q) : LengthW'(ypa_q);
        end
        if (pad_last) pads_left_q <= 1'b0;
      end
    end
  end

  initial valid_q = 1'b0;

  // Writes, a cycle later. The register gathers the beats of an element larger than one.

  logic [IndexW-1:0] depth, write_index;
  /* verilator lint_off UNUSEDSIGNAL */  // a smaller scratchpad's index
  logic [IndexW-1:0] write_index_q;
  /* verilator lint_on UNUSEDSIGNAL */
  logic write, beyond, uop_we_q, acc_we_q;
  assign depth = is_uop_q ? IndexW'(vta_pkg::UOP_DEPTH) : IndexW'(vta_pkg::ACC_DEPTH);
  assign write_index = pad_step ? pad_index : index_q;
  assign write = pad_write || consume;
  assign beyond = write && write_index >= depth;
  assign fault_valid_o = beyond || (consume && beat_error);
  assign fault_code_o = beyond ? 4'(vta_pkg::FAULT_SRAM_RANGE) : 4'(vta_pkg::FAULT_BUS);
  assign fault_place_o = place_q;

  // Output scalars of a beat, or of an element smaller than one, sign-extended.
  localparam int Bits = vta_pkg::OUT_BITS;
  localparam int PieceW = OutW > BusW ? BusW : OutW;
  localparam int Scalars = PieceW / Bits;
  function automatic logic [32*Scalars-1:0] extend(input logic [PieceW-1:0] piece);
    for (int i = 0; i < Scalars; i++) begin
      extend[i*32+:32] = {{(32-Bits){piece[i*Bits+Bits-1]}}, piece[i*Bits+:Bits]};
    end
  endfunction

  logic [AccW-1:0] data_q;
  logic write_uop, write_acc, write_acc8;
  assign write_uop = consume && is_uop_q;
  assign write_acc = consume && !is_uop_q && !is_acc8_q;
  assign write_acc8 = consume && !is_uop_q && is_acc8_q;
  generate
    if (AccLanes == 1) begin : gen_elements
      always_ff @(posedge clk_i) begin
        if (pad_step) data_q <= '0;
        else if (write_uop) data_q <= AccW'(UopW'(beat >> (32'(slot) * UopW)));
        else if (write_acc) data_q <= AccW'(beat >> (32'(slot) * AccW));
        else if (write_acc8) data_q <= extend(PieceW'(beat >> (32'(slot) * OutW)));
      end
    end else if (OutLanes == 1) begin : gen_beats
      always_ff @(posedge clk_i) begin
        if (pad_step) data_q <= '0;
        else if (write_uop) data_q <= AccW'(UopW'(beat >> (32'(slot) * UopW)));
        else if (write_acc) data_q <= {beat, data_q[AccW-1:BusW]};
        else if (write_acc8) data_q <= extend(PieceW'(beat >> (32'(slot) * (OutSlots > 1 ? OutW : 0))));
      end
    end else begin : gen_beats_of_both
      always_ff @(posedge clk_i) begin
        /* verilator lint_off WIDTHCONCAT */  // zeros may be very wide
        if (pad_step) data_q <= '0;
        /* verilator lint_on WIDTHCONCAT */
        else if (write_uop) data_q <= AccW'(UopW'(beat >> (32'(slot) * UopW)));
        else if (write_acc) data_q <= {beat, data_q[AccW-1:BusW]};
        else if (write_acc8) data_q <= {extend(beat), data_q[AccW-1:32*Scalars]};
      end
    end
  endgenerate

  always_ff @(posedge clk_i) begin
    uop_we_q <= write && is_uop_q && !beyond;
    acc_we_q <= write && !is_uop_q && (pad_step || element_done) && !beyond;
    write_index_q <= write_index;
  end

  initial begin
    uop_we_q = 1'b0;
    acc_we_q = 1'b0;
  end

  assign uop_we_o = uop_we_q;
  assign uop_waddr_o = write_index_q[vta_pkg::UOP_IDX_W-1:0];
  assign uop_wdata_o = data_q[UopW-1:0];
  assign acc_we_o = acc_we_q;
  assign acc_waddr_o = write_index_q[vta_pkg::ACC_IDX_W-1:0];
  assign acc_wdata_o = data_q;

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      every_beat_has_its_place: assert (!(r_valid_i && !halt_i && buffered == 7'(Depth)));
      a_descriptor_comes_with_its_gate: assert (!desc_valid || gate_valid);
      credits_never_exceed_the_buffer: assert (credits_q <= 7'(Depth));
    end
  end
`endif

endmodule

`default_nettype wire
