// Two products of one activation from one multiplier: x * (w1 * 2^S + w0) = x * w1 * 2^S + x * w0, where S bits
// hold a product. The low product's sign borrows one from the high one, which is given back.
`default_nettype none

module vta_mul_pair #(
  parameter int XWidth = 8,
  parameter int WWidth = 8
) (
  input  wire logic                             clk_i,
  input  wire logic                             en_i,
  input  wire logic signed [XWidth-1:0]         x_i,
  input  wire logic signed [WWidth-1:0]         w0_i,
  input  wire logic signed [WWidth-1:0]         w1_i,
  output logic signed [XWidth+WWidth-1:0]       p0_o,
  output logic signed [XWidth+WWidth-1:0]       p1_o
);

  localparam int S = XWidth + WWidth;
  localparam int YWidth = S + WWidth + 1;

  logic signed [YWidth-1:0] y;
  assign y = {{1{w1_i[WWidth-1]}}, w1_i, {S{1'b0}}} + YWidth'(w0_i);

  /* verilator lint_off UNUSEDSIGNAL */  // no bits above the products
  logic signed [XWidth+YWidth-1:0] p;
  /* verilator lint_on UNUSEDSIGNAL */
  vta_mul #(.XWidth(XWidth), .YWidth(YWidth)) mul (.clk_i, .en_i, .x_i, .y_i(y), .p_o(p));

  assign p0_o = p[S-1:0];
  assign p1_o = p[2*S-1:S] + S'(p[S-1]);

endmodule

`default_nettype wire
