// The MAC array: batch x block_out dot products of block_in, added to the accumulators.
`default_nettype none

module vta_gemm (
  input  wire logic                      clk_i,
  input  wire logic                      mul_i,    // operands are there
  input  wire logic [vta_pkg::INP_W-1:0] inp_i,
  input  wire logic [vta_pkg::WGT_W-1:0] wgt_i,
  input  wire logic                      add_i,    // base_i is there: 1 + TREE_STAGES cycles after mul_i
  input  wire logic                      reset_i,      // zeros instead of a sum
  input  wire logic                      overwrite_i,  // the products' sum alone
  input  wire logic [vta_pkg::ACC_W-1:0] base_i,
  output logic [vta_pkg::ACC_W-1:0]      result_o  // a cycle after add_i
);

  localparam int Out = vta_pkg::BLOCK_OUT;
  localparam int RowX = vta_pkg::BLOCK_IN * vta_pkg::INP_BITS;
  localparam int RowW = vta_pkg::BLOCK_IN * vta_pkg::WGT_BITS;
  localparam int Sum = vta_pkg::INP_BITS + vta_pkg::WGT_BITS + $clog2(vta_pkg::BLOCK_IN);
  localparam int Tree = vta_pkg::TREE_STAGES;
  localparam int Outs = vta_pkg::PACKED_MULTIPLIERS != 0 ? 2 : 1;

  logic [Tree-1:0] sum_q;
  initial sum_q = '0;
  always_ff @(posedge clk_i) sum_q <= Tree'({sum_q, mul_i});

  generate
    for (genvar b = 0; b < vta_pkg::BATCH; b++) begin : gen_row
      for (genvar n = 0; n < Out; n = n + Outs) begin : gen_dot
        logic [Outs*Sum-1:0] sums;
        vta_dot #(.Outs(Outs)) dot (
          .clk_i, .mul_i, .sum_i(sum_q), .x_i(inp_i[b*RowX+:RowX]), .w_i(wgt_i[n*RowW+:Outs*RowW]),
          .sum_o(sums)
        );
        for (genvar o = 0; o < Outs; o++) begin : gen_lane
          localparam int At = (b * Out + n + o) * 32;
          logic signed [Sum-1:0] sum;
          logic [31:0] result_q;
          assign sum = sums[o*Sum+:Sum];
          always_ff @(posedge clk_i) begin
            if (add_i) result_q <= reset_i ? '0 : (overwrite_i ? '0 : base_i[At+:32]) + 32'(sum);
          end
          assign result_o[At+:32] = result_q;
        end
      end
    end
  endgenerate

endmodule

`default_nettype wire
