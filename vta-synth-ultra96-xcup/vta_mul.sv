// A signed multiplier and its output register, nothing else: synthesis packs it into a DSP block on its own,
// and cannot merge it wrongly with what follows. The place for a vendor's primitive.
`default_nettype none

(* keep_hierarchy *)
module vta_mul #(
  parameter int XWidth = 8,
  parameter int YWidth = 8
) (
  input  wire logic                             clk_i,
  input  wire logic                             en_i,
  input  wire logic signed [XWidth-1:0]         x_i,
  input  wire logic signed [YWidth-1:0]         y_i,
  output logic signed [XWidth+YWidth-1:0]       p_o
);

  always_ff @(posedge clk_i) if (en_i) p_o <= x_i * y_i;

endmodule

`default_nettype wire
