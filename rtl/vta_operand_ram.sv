// A bank of the scratchpad of inp or wgt (vta_operand_window.sv): written by the load unit, a lane (a beat's
// part) or a whole element at a time, while padding comes through a port of its own. Handed over at t, in the
// RAM from t + 2; the element of the address at t is there in t + 1.
//
// Padding writes no data but an element's padding flag. So that both ports can write it in one cycle,
// the flag is the difference of two bits: the data port makes its bit equal to the padding port's, the
// padding port makes its bit different. Each port reads the other's bit before it writes, and takes
// the bit that is being written where that is the same element's. What padding is, zeros or the least
// scalars, is one more bit, which the padding port alone writes.
`default_nettype none

module vta_operand_ram #(
  parameter int Lanes = 1,
  parameter int LaneW = 8,
  parameter int Depth = 16,  // a power of two
  parameter int ScalarW = 8,
  parameter int HasMin = 0   // padding may be the least scalars
) (
  input  wire logic                     clk_i,
  input  wire logic                     clear_i,

  input  wire logic [Lanes-1:0]         we_i,
  input  wire logic [$clog2(Depth)-1:0] waddr_i,
  input  wire logic [LaneW-1:0]         wdata_i,
  input  wire logic                     pad_we_i,
  input  wire logic [$clog2(Depth)-1:0] pad_addr_i,
  /* verilator lint_off UNUSEDSIGNAL */
  input  wire logic                     pad_min_i,  // with HasMin
  /* verilator lint_on UNUSEDSIGNAL */

  input  wire logic [$clog2(Depth)-1:0] raddr_i,
  output logic      [Lanes*LaneW-1:0]   rdata_o
);

  localparam int IndexW = $clog2(Depth);

  // The write side's registers.
  logic [Lanes-1:0] we_q;
  logic any_we_q, pad_we_q;
  logic [IndexW-1:0] waddr_q, pad_addr_q;
  logic [LaneW-1:0] wdata_q;

  always_ff @(posedge clk_i) begin
    we_q <= clear_i ? '0 : we_i;
    any_we_q <= !clear_i && we_i != '0;
    pad_we_q <= !clear_i && pad_we_i;
    waddr_q <= waddr_i;
    wdata_q <= wdata_i;
    pad_addr_q <= pad_addr_i;
  end

  initial begin
    we_q = '0;
    any_we_q = 1'b0;
    pad_we_q = 1'b0;
  end

  // Data.

  logic [Lanes*LaneW-1:0] ram_data;
  logic data_bit_read, pad_bit_read;  // the element's padding flag
  logic min_read;
  logic [LaneW-1:0] padding;
  assign padding = {(LaneW/ScalarW){min_read, {(ScalarW-1){1'b0}}}};

  generate
    for (genvar lane = 0; lane < Lanes; lane++) begin : gen_lane
      vta_ram #(.Width(LaneW), .Depth(Depth)) ram (
        .clk_i, .we_i(we_q[lane]), .waddr_i(waddr_q), .wdata_i(wdata_q), .re_i(1'b1), .raddr_i,
        .rdata_o(ram_data[lane*LaneW+:LaneW])
      );
      assign rdata_o[lane*LaneW+:LaneW] = data_bit_read != pad_bit_read ? padding : ram_data[lane*LaneW+:LaneW];
    end
  endgenerate

  // Padding flags: the bits of both ports, each in two copies, one for the other port, one to read.

  logic data_bit, pad_bit;             // what the ports write
  logic data_bit_seen, pad_bit_seen;   // by the other port

  vta_flag_ram #(.Depth(Depth)) data_bit_for_pads (
    .clk_i, .we_i(any_we_q), .waddr_i(waddr_q), .wdata_i(data_bit), .raddr_i(pad_addr_i),
    .rdata_o(data_bit_seen)
  );
  vta_flag_ram #(.Depth(Depth)) pad_bit_for_data (
    .clk_i, .we_i(pad_we_q), .waddr_i(pad_addr_q), .wdata_i(pad_bit), .raddr_i(waddr_i),
    .rdata_o(pad_bit_seen)
  );
  vta_flag_ram #(.Depth(Depth)) data_bits (
    .clk_i, .we_i(any_we_q), .waddr_i(waddr_q), .wdata_i(data_bit), .raddr_i, .rdata_o(data_bit_read)
  );
  vta_flag_ram #(.Depth(Depth)) pad_bits (
    .clk_i, .we_i(pad_we_q), .waddr_i(pad_addr_q), .wdata_i(pad_bit), .raddr_i, .rdata_o(pad_bit_read)
  );

  generate
    if (HasMin != 0) begin : gen_min
      logic pad_min_q;
      always_ff @(posedge clk_i) pad_min_q <= pad_min_i;
      vta_flag_ram #(.Depth(Depth)) min_bits (
        .clk_i, .we_i(pad_we_q), .waddr_i(pad_addr_q), .wdata_i(pad_min_q), .raddr_i, .rdata_o(min_read)
      );
    end else begin : gen_no_min
      assign min_read = 1'b0;
    end
  endgenerate

  // A bit that the other port wrote while this port read it.
  logic data_hit_q, data_hit_bit_q, pad_hit_q, pad_hit_bit_q;
  always_ff @(posedge clk_i) begin
    data_hit_q <= any_we_q && waddr_q == pad_addr_i;
    data_hit_bit_q <= data_bit;
    pad_hit_q <= pad_we_q && pad_addr_q == waddr_i;
    pad_hit_bit_q <= pad_bit;
  end

  assign data_bit = pad_hit_q ? pad_hit_bit_q : pad_bit_seen;
  assign pad_bit = !(data_hit_q ? data_hit_bit_q : data_bit_seen);

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    data_and_padding_are_different_elements:
      assert (!(any_we_q && pad_we_q && waddr_q == pad_addr_q));
  end
`endif

endmodule

`default_nettype wire
