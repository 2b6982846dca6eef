// The fused requantise: clip(scale(x + bias) + zero_point), lane by lane, with the rounding of TensorFlow Lite
// (vta/base/requantize.h). Takes micro-ops from the sequencer's last stage, reads the record of three
// vectors when it is another one, and the operand; a group of lanes a cycle goes through six stages.
`default_nettype none

module vta_requantise #(
  localparam int IdxW = vta_pkg::ACC_IDX_W
) (
  input  wire logic                      clk_i,
  input  wire logic                      clear_i,

  // A micro-op, held until accepted.
  input  wire logic                      valid_i,
  input  wire logic                      first_i,  // of its instruction
  input  wire logic                      last_i,
  input  wire logic [IdxW-1:0]           dst_i,
  input  wire logic [IdxW-1:0]           src_i,
  output logic                           accept_o,

  output logic                           re_o,
  output logic [IdxW-1:0]                raddr_o,
  input  wire logic [vta_pkg::ACC_W-1:0] rdata_i,  // a cycle later, and until the next read
  output logic                           we_o,
  output logic [IdxW-1:0]                waddr_o,
  output logic [vta_pkg::ACC_W-1:0]      wdata_o,

  output logic                           finish_o,  // the write is the instruction's last one
  output logic                           busy_o     // some micro-op is accepted and not yet written
);

  localparam int Lanes = vta_pkg::REQUANTISE_LANES;
  localparam int GroupW = 32 * Lanes;
  localparam int Groups = vta_pkg::ACC_W / GroupW;
  localparam int GroupIdxW = Groups > 1 ? $clog2(Groups) : 1;
  localparam int Step = Groups > 1 ? GroupW : 0;  // from group to group
  localparam int Stages = 6;

  // Stage 0 holds the operand, the others what is named after them.
  logic [Stages:0] valid_q;
  logic [GroupIdxW-1:0] group_q [Stages+1];
  logic [IdxW-1:0] dst_q [Stages+1];
  logic [Stages:0] last_q;
  logic [IdxW-1:0] last_dst_q, last_src_q;
  logic [1:0] step_q;  // of reading the record
  logic [IdxW-1:0] record_addr_q;
  logic [vta_pkg::ACC_W-1:0] bias_q, factor_q, packed_q;

  initial begin
    valid_q = '0;
    step_q = '0;
  end

  // Acceptance.

  logic [IdxW:0] offset;
  logic needs_record, lanes_free, same_dst, read_record;
  assign offset = {1'b0, last_dst_q} - {1'b0, src_i};
  assign needs_record = step_q == 2'd0
      && (first_i || src_i != last_src_q || offset <= (IdxW+1)'(2));
  // always_comb, here and below: Icarus 11 does not follow a continuous assignment from a word of an array.
  always_comb lanes_free = !valid_q[0] || group_q[0] == GroupIdxW'(Groups - 1);
  always_comb begin
    same_dst = 1'b0;
    for (int i = 0; i <= Stages; i++) if (valid_q[i] && dst_q[i] == dst_i) same_dst = 1'b1;
  end
  assign busy_o = valid_q != '0;
  assign read_record = valid_i && needs_record && !busy_o;
  assign accept_o = valid_i && (step_q == 2'd3 || (step_q == 2'd0 && !needs_record && lanes_free && !same_dst));

  logic reads_record;
  assign reads_record = read_record || step_q == 2'd1 || step_q == 2'd2;
  assign re_o = accept_o || reads_record;
  always_comb begin
    if (accept_o) raddr_o = dst_i;
    else if (step_q == 2'd0) raddr_o = src_i;
    else raddr_o = record_addr_q;
  end

  always_ff @(posedge clk_i) begin
    if (clear_i) step_q <= 2'd0;
    else if (accept_o) step_q <= 2'd0;
    else if (reads_record) step_q <= step_q + 2'd1;
    if (reads_record) record_addr_q <= raddr_o + 1'b1;
    if (step_q == 2'd1) bias_q <= rdata_i;
    if (step_q == 2'd2) factor_q <= rdata_i;
    if (step_q == 2'd3) packed_q <= rdata_i;
    if (accept_o) begin
      last_dst_q <= dst_i;
      last_src_q <= src_i;
    end
  end

  // The stages' control.

  always_ff @(posedge clk_i) begin
    if (clear_i) valid_q <= '0;
    else valid_q <= {valid_q[Stages-1:0], accept_o || (valid_q[0] && group_q[0] != GroupIdxW'(Groups - 1))};
    for (int i = 1; i <= Stages; i++) begin
      group_q[i] <= group_q[i-1];
      dst_q[i] <= dst_q[i-1];
    end
    last_q <= {last_q[Stages-1:0], accept_o ? last_i : last_q[0]};
    group_q[0] <= accept_o || Groups == 1 ? '0 : group_q[0] + 1'b1;
    if (accept_o) dst_q[0] <= dst_i;
  end

  always_comb we_o = valid_q[Stages] && group_q[Stages] == GroupIdxW'(Groups - 1);
  always_comb waddr_o = dst_q[Stages];
  assign finish_o = we_o && last_q[Stages];

  // The saturated high half, divided by 2^-shift for a negative shift: the quotient, and whether it is to be
  // rounded up. (Functions, so that a simulator computes them only where their stage works.)
  function automatic logic [32:0] divide(input logic [32:0] product, input logic [5:0] shift);
    logic [31:0] high, rest;
    logic [32:0] divided;  // with the first bit below the point
    logic [5:0] right;
    high = product[32] != product[31] ? 32'h7FFF_FFFF : product[31:0];
    right = shift[5] ? 6'd0 - shift : 6'd0;
    divided = $signed({high, 1'b0}) >>> right;
    rest = high & (~(32'hFFFF_FFFF << right) >> 1);
    divide = {divided[32:1], divided[0] && (!high[31] || rest != '0)};
  endfunction

  /* verilator lint_off UNUSEDSIGNAL */  // the shift is not needed any more
  function automatic logic [31:0] clip(input logic [31:0] quotient, input logic round, input logic [31:0] fields);
  /* verilator lint_on UNUSEDSIGNAL */
    logic [31:0] value;
    logic [7:0] zero_point, low, high;
    logic narrow, below, above;
    zero_point = fields[15:8];
    low = fields[23:16];
    high = fields[31:24];
    value = quotient + {{24{zero_point[7]}}, zero_point} + 32'(round);
    narrow = value[31:7] == {25{value[31]}};
    below = narrow ? $signed(value[7:0]) < $signed(low) : value[31];
    above = narrow ? $signed(value[7:0]) > $signed(high) : !value[31];
    if (fields[7]) clip = value;
    else if (below) clip = {{24{low[7]}}, low};
    else if (above) clip = {{24{high[7]}}, high};
    else clip = value;
  endfunction

  // What each stage's group needs of the operand and the record.

  logic [GroupW-1:0] operand0, bias0, factor2, result;
  /* verilator lint_off UNUSEDSIGNAL */  // each only some fields
  logic [GroupW-1:0] packed1, packed4, packed5;
  /* verilator lint_on UNUSEDSIGNAL */
  always_comb operand0 = GroupW'(rdata_i >> (32'(group_q[0]) * Step));
  always_comb bias0 = GroupW'(bias_q >> (32'(group_q[0]) * Step));
  always_comb packed1 = GroupW'(packed_q >> (32'(group_q[1]) * Step));
  always_comb factor2 = GroupW'(factor_q >> (32'(group_q[2]) * Step));
  always_comb packed4 = GroupW'(packed_q >> (32'(group_q[4]) * Step));
  always_comb packed5 = GroupW'(packed_q >> (32'(group_q[5]) * Step));

  generate
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      // 1: x + bias. 2: shifted left by a positive shift.
      logic [31:0] sum_q, shifted_q;
      logic [5:0] shift1;
      assign shift1 = packed1[i*32+:6];
      always_ff @(posedge clk_i) begin
        if (valid_q[0]) sum_q <= operand0[i*32+:32] + bias0[i*32+:32];
        if (valid_q[1]) shifted_q <= shift1[5] ? sum_q : sum_q << shift1[4:0];
      end

      // 3: times the factor, by halves: the high ones signed.
      logic signed [16:0] xh, xl, fh, fl;
      assign xh = {shifted_q[31], shifted_q[31:16]};
      assign xl = {1'b0, shifted_q[15:0]};
      assign fh = {factor2[i*32+31], factor2[i*32+16+:16]};
      assign fl = {1'b0, factor2[i*32+:16]};
      /* verilator lint_off UNUSEDSIGNAL */  // no product needs all bits
      logic signed [33:0] hh, hl, lh, ll;
      /* verilator lint_on UNUSEDSIGNAL */
      vta_mul #(.XWidth(17), .YWidth(17)) mul_hh (.clk_i, .en_i(valid_q[2]), .x_i(xh), .y_i(fh), .p_o(hh));
      vta_mul #(.XWidth(17), .YWidth(17)) mul_hl (.clk_i, .en_i(valid_q[2]), .x_i(xh), .y_i(fl), .p_o(hl));
      vta_mul #(.XWidth(17), .YWidth(17)) mul_lh (.clk_i, .en_i(valid_q[2]), .x_i(xl), .y_i(fh), .p_o(lh));
      vta_mul #(.XWidth(17), .YWidth(17)) mul_ll (.clk_i, .en_i(valid_q[2]), .x_i(xl), .y_i(fl), .p_o(ll));

      // 4: the product's bits from 16 up, plus a half of bit 31.
      /* verilator lint_off UNUSEDSIGNAL */  // rounded away
      logic [47:0] product_q;
      /* verilator lint_on UNUSEDSIGNAL */
      always_ff @(posedge clk_i) begin
        if (valid_q[3]) begin
          product_q <= {hh[31:0], ll[31:16]} + {{14{hl[33]}}, hl} + {{14{lh[33]}}, lh} + 48'h4000;
        end
      end

      // 5: divided. 6: rounded, plus the zero point, clipped.
      logic [31:0] quotient_q, result_q;
      logic round_q;
      always_ff @(posedge clk_i) begin
        if (valid_q[4]) {quotient_q, round_q} <= divide(product_q[47:15], packed4[i*32+:6]);
        if (valid_q[5]) result_q <= clip(quotient_q, round_q, packed5[i*32+:32]);
      end
      assign result[i*32+:32] = result_q;
    end

    if (Groups > 1) begin : gen_collect
      logic [vta_pkg::ACC_W-GroupW-1:0] earlier_q;
      always_ff @(posedge clk_i) begin
        if (valid_q[Stages]) earlier_q <= (vta_pkg::ACC_W - GroupW)'({result, earlier_q} >> GroupW);
      end
      assign wdata_o = {result, earlier_q};
    end else begin : gen_whole
      assign wdata_o = result;
    end
  endgenerate

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      a_record_is_read_with_the_engine_empty: assert (!reads_record || !busy_o);
      an_accepted_micro_op_has_its_lanes: assert (!accept_o || lanes_free);
    end
  end
`endif

endmodule

`default_nettype wire
