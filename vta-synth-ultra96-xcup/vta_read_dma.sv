// The issue side of a read DMA: takes a LOAD at start_i and requests the bursts of its rows, one a
// cycle. IDLE, SETUP (one cycle), ISSUE (until the last burst is granted).
`default_nettype none

module vta_read_dma (
  input  wire logic                       clk_i,
  input  wire logic                       clear_i,
  input  wire logic                       halt_i,

  input  wire logic                       start_i,  // only when idle_o
  /* verilator lint_off UNUSEDSIGNAL */  // only some fields
  input  wire logic [vta_pkg::INSN_W-1:0] insn_i,
  /* verilator lint_on UNUSEDSIGNAL */
  output logic                            idle_o,

  output logic                            req_valid_o,
  output logic [31:0]                     req_addr_o,
  output logic [4:0]                      req_len_o,
  input  wire logic                       req_grant_i,
  input  wire logic                       room_i,  // for req_len_o beats

  output logic                            fault_valid_o,
  output logic [3:0]                      fault_code_o
);

  localparam int BeatBytesW = $clog2(vta_pkg::BUS_W / 8);
  localparam int SizeW = vta_pkg::SIZE_W;
  localparam int BaseW = vta_pkg::DRAM_BASE_W;
  localparam int MaxShift = vta_pkg::ELEMENT_SHIFT;  // of the largest element
  localparam int AddrW = vta_pkg::ADDRESS_W + 1;     // bytes; the highest bit says, and keeps, that it is beyond
  localparam int BeatW = AddrW - BeatBytesW;         // beats
  localparam int RowW = (SizeW + MaxShift > 6 ? SizeW + MaxShift : 6) + 1;  // bytes of a row, and a beat

  localparam logic [1:0] Idle = 2'd0;
  localparam logic [1:0] Setup = 2'd1;
  localparam logic [1:0] Issue = 2'd2;

  logic [1:0] state_q;
  logic [AddrW-1:0] row_q;        // byte address of the row that comes next: in SETUP the first one
  logic [RowW-1:0] row_bytes_q;
  logic [AddrW-1:0] stride_bytes_q;
  logic [SizeW-1:0] rows_left_q;  // from row_q on
  logic [BeatW-1:0] beat_q;       // of the next burst
  logic [RowW-1:0] left_q;        // beats of the row from beat_q on

  initial state_q = Idle;

  // log2 of an element's bytes in DRAM.
  logic [3:0] shift;
  always_comb begin
    case (insn_i[vta_pkg::MEM_MEMORY_LSB+:3])
      3'(vta_pkg::TYPE_UOP): shift = 4'($clog2(vta_pkg::UOP_W / 8));
      3'(vta_pkg::TYPE_WGT): shift = 4'($clog2(vta_pkg::WGT_W / 8));
      3'(vta_pkg::TYPE_INP): shift = 4'($clog2(vta_pkg::INP_W / 8));
      3'(vta_pkg::TYPE_ACC): shift = 4'($clog2(vta_pkg::ACC_W / 8));
      default:               shift = 4'($clog2(vta_pkg::OUT_W / 8));
    endcase
  end

  // An address of the memory, or beyond it.
  function automatic logic [AddrW-1:0] address(input logic [BaseW+MaxShift:0] bytes);
    address = {bytes >> (AddrW - 1) != '0, bytes[AddrW-2:0]};
  endfunction
  function automatic logic [AddrW-1:0] add(input logic [AddrW-1:0] x, input logic [AddrW-1:0] y);
    logic [AddrW-1:0] sum;
    sum = {1'b0, x[AddrW-2:0]} + {1'b0, y[AddrW-2:0]};
    add = {sum[AddrW-1] | x[AddrW-1] | y[AddrW-1], sum[AddrW-2:0]};
  endfunction

  // Beats of the row at row_q.
  logic [RowW-1:0] row_beats;
  assign row_beats =
      ((RowW'(row_q[BeatBytesW-1:0]) + row_bytes_q - RowW'(1)) >> BeatBytesW) + RowW'(1);

  logic [4:0] to_boundary, len;
  assign to_boundary = 5'd16 - {1'b0, beat_q[3:0]};
  assign len = left_q < RowW'(to_boundary) ? left_q[4:0] : to_boundary;

  logic moves, beyond, last_of_row;
  assign moves = row_bytes_q != '0 && rows_left_q != '0;
  assign beyond = beat_q[BeatW-1];
  assign last_of_row = left_q == RowW'(len);

  assign idle_o = state_q == Idle;
  assign req_valid_o = state_q == Issue && !beyond && room_i && !halt_i;
  assign req_addr_o = 32'({beat_q[BeatW-2:0], {BeatBytesW{1'b0}}});
  assign req_len_o = len;
  assign fault_valid_o = state_q == Issue && beyond;
  assign fault_code_o = 4'(vta_pkg::FAULT_DRAM_RANGE);

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      row_q <= address((BaseW+MaxShift+1)'(insn_i[vta_pkg::MEM_DRAM_BASE_LSB+:BaseW]) << shift);
      stride_bytes_q <= address((BaseW+MaxShift+1)'(insn_i[vta_pkg::MEM_X_STRIDE_LSB+:16]) << shift);
      row_bytes_q <= RowW'(insn_i[vta_pkg::MEM_X_SIZE_LSB+:SizeW]) << shift;
      rows_left_q <= insn_i[vta_pkg::MEM_Y_SIZE_LSB+:SizeW];
    end
    if (req_grant_i) begin
      beat_q <= beat_q + BeatW'(len);
      left_q <= left_q - RowW'(len);
    end
    if (state_q == Setup || (req_grant_i && last_of_row)) begin
      row_q <= add(row_q, stride_bytes_q);
      rows_left_q <= rows_left_q - 1'b1;
      beat_q <= row_q[AddrW-1:BeatBytesW];
      left_q <= row_beats;
    end
  end

  always_ff @(posedge clk_i) begin
    if (clear_i) state_q <= Idle;
    else if (start_i) state_q <= Setup;
    else if (state_q == Setup) state_q <= moves ? Issue : Idle;
    else if (req_grant_i && last_of_row && rows_left_q == '0) state_q <= Idle;
  end

`ifdef VTA_ASSERT
  // The beats of the row that is being requested.
  logic [BeatW-1:0] row_begin_q, row_end_q;
  always_ff @(posedge clk_i) begin
    if (state_q == Setup || (req_grant_i && last_of_row)) begin
      row_begin_q <= row_q[AddrW-1:BeatBytesW];
      row_end_q <= row_q[AddrW-1:BeatBytesW] + BeatW'(row_beats);
    end
  end
  always_ff @(posedge clk_i) begin
    if (!clear_i && state_q == Issue) begin
      what_is_left_ends_with_the_row: assert (beat_q + BeatW'(left_q) == row_end_q && left_q != '0);
      no_request_before_the_row: assert (BeatW'(left_q) <= row_end_q - row_begin_q);
    end
    if (!clear_i && req_valid_o) begin
      no_request_beyond_the_row: assert (RowW'(len) <= left_q);
      a_burst_has_1_to_16_beats: assert (len != '0 && len <= 5'd16);
      a_burst_ends_within_its_16_beats: assert ({1'b0, beat_q[3:0]} + len <= 5'd16);
    end
    starts_only_when_idle: assert (!start_i || state_q == Idle);
  end
`endif

endmodule

`default_nettype wire
