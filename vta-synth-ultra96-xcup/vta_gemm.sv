// The MAC array: batch x block_out dot products of block_in, added to the accumulators. For a depthwise
// convolution the multipliers of an output take its channel of the taps' inputs instead; where two outputs share
// multipliers, the second one's taps come behind the first one's.
`default_nettype none

module vta_gemm (
  input  wire logic                      clk_i,
  input  wire logic                      mul_i,    // operands are there
  /* verilator lint_off UNUSEDSIGNAL */
  input  wire logic                      depthwise_i,  // with taps
  /* verilator lint_on UNUSEDSIGNAL */
  input  wire logic [vta_pkg::INP_ENTRIES*vta_pkg::INP_W-1:0] inp_i,
  input  wire logic [vta_pkg::WGT_W-1:0] wgt_i,
  input  wire logic                      add_i,    // base_i is there: 1 + TREE_STAGES cycles after mul_i
  input  wire logic                      reset_i,      // zeros instead of a sum
  input  wire logic                      overwrite_i,  // the products' sum alone
  input  wire logic [vta_pkg::ACC_W-1:0] base_i,
  output logic [vta_pkg::ACC_W-1:0]      result_o  // a cycle after add_i
);

  localparam int In = vta_pkg::BLOCK_IN;
  localparam int XW = vta_pkg::INP_BITS;
  localparam int WW = vta_pkg::WGT_BITS;
  localparam int Taps = vta_pkg::TAPS;
  localparam int Parts = vta_pkg::BLOCK_OUT / vta_pkg::BLOCK_IN;  // of a pixel's channels, one an entry
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
        logic [RowX-1:0] x;
        logic [Outs*RowW-1:0] w;
        for (genvar k = 0; k < In; k++) begin : gen_operands
          localparam int Lane = k / (Taps == 0 ? 1 : Taps);  // whose tap this is
          localparam int Tap = k % (Taps == 0 ? 1 : Taps);
          if (Taps == 0) begin : gen_dense
            assign x[k*XW+:XW] = inp_i[b*RowX+k*XW+:XW];
            for (genvar o = 0; o < Outs; o++) begin : gen_weight
              assign w[o*RowW+k*WW+:WW] = wgt_i[(n+o)*RowW+k*WW+:WW];
            end
          end else begin : gen_depthwise
            localparam int Channel = n + (Lane < Outs ? Lane : 0);
            localparam int Entry = Tap * Parts + Channel / In;
            localparam int From = Entry * vta_pkg::INP_W + b * RowX + (Channel % In) * XW;
            assign x[k*XW+:XW] = !depthwise_i ? inp_i[b*RowX+k*XW+:XW] : Lane < Outs ? inp_i[From+:XW] : '0;
            for (genvar o = 0; o < Outs; o++) begin : gen_weight
              if (Lane >= Outs) begin : gen_any  // times zero
                assign w[o*RowW+k*WW+:WW] = wgt_i[(n+o)*RowW+k*WW+:WW];
              end else begin : gen_own
                assign w[o*RowW+k*WW+:WW] = !depthwise_i ? wgt_i[(n+o)*RowW+k*WW+:WW]
                                            : Lane == o ? wgt_i[(n+o)*RowW+Tap*WW+:WW] : '0;
              end
            end
          end
        end
        vta_dot #(.Outs(Outs)) dot (.clk_i, .mul_i, .sum_i(sum_q), .x_i(x), .w_i(w), .sum_o(sums));
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
