// GEMM, DEPTHWISE and ALU instructions become slots, one a cycle: walks micro-ops and loops, reads the micro-op, adds the
// loops' offsets to its indices. `next` is set up while `cur` issues, so that no cycle is lost in between.
// Stages: S0 issues and reads the micro-op RAM, S1 adds, S2 holds indices and checks their range.
`default_nettype none

module vta_sequencer #(
  localparam int Groups = vta_pkg::BATCH * vta_pkg::BLOCK_OUT / vta_pkg::ALU_LANES,
  localparam int GroupIdxW = Groups > 1 ? $clog2(Groups) : 1,
  localparam int PlaceW = $clog2(2 * vta_pkg::DESCRIPTORS),
  localparam int BoundW = (vta_pkg::SIZE_W > 4 ? vta_pkg::SIZE_W : 4) + 2
) (
  input  wire logic                          clk_i,
  input  wire logic                          clear_i,
  input  wire logic                          halt_i,

  input  wire logic                          start_i,  // only with next_free_o
  /* verilator lint_off UNUSEDSIGNAL */  // only some fields
  input  wire logic [vta_pkg::INSN_W-1:0]    insn_i,
  /* verilator lint_on UNUSEDSIGNAL */
  input  wire logic [PlaceW-1:0]             place_i,      // among the instructions under way
  output logic                               next_free_o,
  output logic                               next_valid_o,
  output logic                               cur_valid_o,
  output logic                               draining_o,

  // Whether `cur` or `next` use micro-ops in [begin, end).
  input  wire logic [BoundW-1:0]             load_begin_i,
  input  wire logic [BoundW-1:0]             load_end_i,
  output logic                               overlap_o,

  input  wire logic                          uop_we_i,
  input  wire logic [vta_pkg::UOP_IDX_W-1:0] uop_waddr_i,
  input  wire logic [vta_pkg::UOP_W-1:0]     uop_wdata_i,

  // The operation of an ALU instruction, when its slots begin to issue.
  output logic                               op_push_o,
  output logic [2:0]                         op_o,
  output logic [15:0]                        imm_o,

  // S2. At most one of the kinds; none of them: an instruction without micro-ops.
  output logic                               valid_o,
  output logic                               last_o,       // of its instruction
  output logic                               gemm_o,
  output logic                               depthwise_o,  // gemm_o: a DEPTHWISE's
  output logic                               reset_o,
  output logic                               overwrite_o,  // GEMM: the product alone
  output logic                               source_o,     // ALU: reads acc[src]
  output logic                               alu_o,        // ALU: a group of acc[dst]
  output logic                               requantise_o,
  output logic                               first_o,      // of its instruction
  output logic                               use_imm_o,
  output logic [GroupIdxW-1:0]               group_o,
  output logic [vta_pkg::ACC_IDX_W-1:0]      dst_o,
  output logic [vta_pkg::ACC_IDX_W-1:0]      acc_src_o,
  output logic [vta_pkg::INP_IDX_W-1:0]      inp_src_o,
  output logic [vta_pkg::WGT_IDX_W-1:0]      wgt_o,
  input  wire logic                          accept_i,     // requantise takes S2's slot

  // What is under way behind S2.
  input  wire logic                          pipe_busy_i,
  input  wire logic                          requantise_busy_i,

  output logic                               fault_valid_o,  // of S2, else of `next`
  output logic                               fault_index_o,  // it is S2's
  output logic [3:0]                         fault_code_o,
  output logic [PlaceW-1:0]                  fault_place_o
);

  localparam int UopIdxW = vta_pkg::UOP_IDX_W;
  localparam int AccIdxW = vta_pkg::ACC_IDX_W;
  localparam int InpIdxW = vta_pkg::INP_IDX_W;
  localparam int WgtIdxW = vta_pkg::WGT_IDX_W;
  localparam int SrcIdxW = AccIdxW > InpIdxW ? AccIdxW : InpIdxW;
  localparam int IdxW = SrcIdxW > WgtIdxW ? SrcIdxW : WgtIdxW;
  localparam int IterW = vta_pkg::GEMM_ITER_OUT_W;

  // An index plus a factor; bit IdxW says, and keeps, that it went beyond every scratchpad.
  function automatic logic [IdxW:0] advance(input logic [IdxW:0] index, input logic [IdxW-1:0] by);
    logic [IdxW:0] sum;
    sum = {1'b0, index[IdxW-1:0]} + {1'b0, by};
    advance = {sum[IdxW] | index[IdxW], sum[IdxW-1:0]};
  endfunction

  // `next`: decoded.

  logic n_valid_q, n_gemm_q, n_depthwise_q, n_reset_q, n_overwrite_q, n_tensor_q, n_use_imm_q, n_requantise_q, n_lacks_op_q;
  logic [PlaceW-1:0] n_place_q;
  logic [UopIdxW-1:0] n_begin_q;
  logic [UopIdxW:0] n_end_q;
  logic [IterW-1:0] n_iter_out_q, n_iter_in_q;
  logic [AccIdxW-1:0] n_dst_out_q, n_dst_in_q;
  logic [SrcIdxW-1:0] n_src_out_q, n_src_in_q;
  logic [WgtIdxW-1:0] n_wgt_out_q, n_wgt_in_q;
  logic [2:0] n_op_q;
  logic [15:0] n_imm_q;

  logic is_gemm, is_depthwise, is_requantise, use_imm, lacks_op;
  logic [2:0] op;
  assign is_depthwise = vta_pkg::TAPS != 0 && insn_i[vta_pkg::OPCODE_LSB+:3] == 3'(vta_pkg::OPCODE_DEPTHWISE);
  assign is_gemm = is_depthwise || insn_i[vta_pkg::OPCODE_LSB+:3] == 3'(vta_pkg::OPCODE_GEMM);
  assign op = insn_i[vta_pkg::ALU_ALU_OP_LSB+:3];
  assign use_imm = insn_i[vta_pkg::ALU_USE_IMM_LSB];
  assign is_requantise = vta_pkg::HAS_REQUANTISE != 0 && !is_gemm && op == 3'(vta_pkg::OP_REQUANTISE);
  assign lacks_op = !is_gemm
      && ((vta_pkg::HAS_MUL == 0 && op == 3'(vta_pkg::OP_MUL))
          || (op == 3'(vta_pkg::OP_REQUANTISE) && (vta_pkg::HAS_REQUANTISE == 0 || use_imm)));

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      n_place_q <= place_i;
      n_gemm_q <= is_gemm && !insn_i[vta_pkg::GEMM_RESET_LSB];
      n_depthwise_q <= is_depthwise;
      n_reset_q <= is_gemm && insn_i[vta_pkg::GEMM_RESET_LSB];
      n_overwrite_q <= is_gemm && insn_i[vta_pkg::GEMM_OVERWRITE_LSB];
      n_requantise_q <= is_requantise;
      n_tensor_q <= !is_gemm && !is_requantise && !use_imm;
      n_use_imm_q <= use_imm;
      n_lacks_op_q <= lacks_op;
      n_op_q <= op;
      n_imm_q <= insn_i[vta_pkg::ALU_IMM_LSB+:16];
      n_begin_q <= insn_i[vta_pkg::GEMM_UOP_BEGIN_LSB+:UopIdxW];
      n_end_q <= insn_i[vta_pkg::GEMM_UOP_END_LSB+:UopIdxW+1];
      n_iter_out_q <= insn_i[vta_pkg::GEMM_ITER_OUT_LSB+:IterW];
      n_iter_in_q <= insn_i[vta_pkg::GEMM_ITER_IN_LSB+:IterW];
      n_dst_out_q <= insn_i[vta_pkg::GEMM_DST_FACTOR_OUT_LSB+:AccIdxW];
      n_dst_in_q <= insn_i[vta_pkg::GEMM_DST_FACTOR_IN_LSB+:AccIdxW];
      n_src_out_q <= is_gemm ? SrcIdxW'(insn_i[vta_pkg::GEMM_SRC_FACTOR_OUT_LSB+:InpIdxW])
                             : SrcIdxW'(insn_i[vta_pkg::ALU_SRC_FACTOR_OUT_LSB+:AccIdxW]);
      n_src_in_q <= is_gemm ? SrcIdxW'(insn_i[vta_pkg::GEMM_SRC_FACTOR_IN_LSB+:InpIdxW])
                            : SrcIdxW'(insn_i[vta_pkg::ALU_SRC_FACTOR_IN_LSB+:AccIdxW]);
      n_wgt_out_q <= insn_i[vta_pkg::GEMM_WGT_FACTOR_OUT_LSB+:WgtIdxW];
      n_wgt_in_q <= insn_i[vta_pkg::GEMM_WGT_FACTOR_IN_LSB+:WgtIdxW];
    end
  end

  logic n_empty, n_uop_beyond;
  assign n_empty = {1'b0, n_begin_q} >= n_end_q || n_iter_out_q == '0 || n_iter_in_q == '0;
  assign n_uop_beyond = n_end_q > (UopIdxW+1)'(vta_pkg::UOP_DEPTH);

  // `cur`: with its place in the loops.

  logic valid_q, empty_q, gemm_q, depthwise_q, reset_q, overwrite_q, tensor_q, use_imm_q, requantise_q;
  logic [PlaceW-1:0] place_q;
  logic [UopIdxW-1:0] begin_q, uop_q;
  logic [UopIdxW:0] end_q;
  logic [IterW-1:0] iter_in_q, outer_left_q, inner_left_q;
  logic [AccIdxW-1:0] dst_by_out_q, dst_by_in_q;
  logic [SrcIdxW-1:0] src_by_out_q, src_by_in_q;
  logic [WgtIdxW-1:0] wgt_by_out_q, wgt_by_in_q;
  logic source_q, first_q;
  logic [GroupIdxW-1:0] group_q;
  logic [IdxW:0] dst_q, src_q, wgt_q;              // offsets of this iteration
  logic [IdxW:0] dst_outer_q, src_outer_q, wgt_outer_q;  // of the outer loop's

  // S1 and S2 hold a slot of each kind.
  logic v1_q, requantise1_q, v2_q, requantise2_q;

  logic plain_slots, requantise_slots, blocked, stall, issue, take;
  logic last_slot, last_uop, last_inner, last;
  assign plain_slots = (v1_q && !requantise1_q) || (v2_q && !requantise2_q) || pipe_busy_i;
  assign requantise_slots = (v1_q && requantise1_q) || (v2_q && requantise2_q) || requantise_busy_i;
  assign blocked = requantise_q ? plain_slots : requantise_slots;
  assign stall = v2_q && requantise2_q && !accept_i;
  assign issue = valid_q && !blocked && !stall && !halt_i;

  assign last_slot = gemm_q || reset_q || requantise_q
      || (!source_q && (Groups == 1 || group_q == GroupIdxW'(Groups - 1)));
  assign last_uop = {1'b0, uop_q} + 1'b1 == end_q;
  assign last_inner = inner_left_q == IterW'(1);
  assign last = empty_q || (last_slot && last_uop && last_inner && outer_left_q == IterW'(1));

  assign take = n_valid_q && (!valid_q || (issue && last)) && !halt_i;
  assign next_free_o = !n_valid_q || take;
  assign next_valid_o = n_valid_q;
  assign cur_valid_o = valid_q;
  assign draining_o = valid_q && blocked;

  always_ff @(posedge clk_i) begin
    if (clear_i) n_valid_q <= 1'b0;
    else if (start_i) n_valid_q <= 1'b1;
    else if (take) n_valid_q <= 1'b0;

    if (clear_i) valid_q <= 1'b0;
    else if (take) valid_q <= 1'b1;
    else if (issue && last) valid_q <= 1'b0;
  end

  assign op_push_o = take && !n_empty && !n_gemm_q && !n_reset_q && !n_requantise_q;
  assign op_o = n_op_q;
  assign imm_o = n_imm_q;

  logic [IdxW:0] dst_next_outer, src_next_outer, wgt_next_outer;
  assign dst_next_outer = advance(dst_outer_q, IdxW'(dst_by_out_q));
  assign src_next_outer = advance(src_outer_q, IdxW'(src_by_out_q));
  assign wgt_next_outer = advance(wgt_outer_q, IdxW'(wgt_by_out_q));

  always_ff @(posedge clk_i) begin
    if (take) begin
      empty_q <= n_empty;
      gemm_q <= n_gemm_q && !n_empty;
      depthwise_q <= n_depthwise_q;
      reset_q <= n_reset_q && !n_empty;
      overwrite_q <= n_overwrite_q;
      requantise_q <= n_requantise_q && !n_empty;
      tensor_q <= n_tensor_q;
      source_q <= n_tensor_q;
      use_imm_q <= n_use_imm_q;
      place_q <= n_place_q;
      begin_q <= n_begin_q;
      uop_q <= n_begin_q;
      end_q <= n_end_q;
      iter_in_q <= n_iter_in_q;
      inner_left_q <= n_iter_in_q;
      outer_left_q <= n_iter_out_q;
      dst_by_out_q <= n_dst_out_q;
      dst_by_in_q <= n_dst_in_q;
      src_by_out_q <= n_src_out_q;
      src_by_in_q <= n_src_in_q;
      wgt_by_out_q <= n_wgt_out_q;
      wgt_by_in_q <= n_wgt_in_q;
      first_q <= 1'b1;
      group_q <= '0;
      dst_q <= '0;
      src_q <= '0;
      wgt_q <= '0;
      dst_outer_q <= '0;
      src_outer_q <= '0;
      wgt_outer_q <= '0;
    end else if (issue) begin
      first_q <= 1'b0;
      source_q <= last_slot && tensor_q;
      group_q <= last_slot || source_q || Groups == 1 ? '0 : group_q + 1'b1;
      if (last_slot) begin
        uop_q <= last_uop ? begin_q : uop_q + 1'b1;
        if (last_uop) begin
          inner_left_q <= last_inner ? iter_in_q : inner_left_q - 1'b1;
          if (last_inner) begin
            outer_left_q <= outer_left_q - 1'b1;
            dst_outer_q <= dst_next_outer;
            src_outer_q <= src_next_outer;
            wgt_outer_q <= wgt_next_outer;
          end
          dst_q <= last_inner ? dst_next_outer : advance(dst_q, IdxW'(dst_by_in_q));
          src_q <= last_inner ? src_next_outer : advance(src_q, IdxW'(src_by_in_q));
          wgt_q <= last_inner ? wgt_next_outer : advance(wgt_q, IdxW'(wgt_by_in_q));
        end
      end
    end
  end

  // S1: the micro-op is at the RAM's output.

  /* verilator lint_off UNUSEDSIGNAL */  // bits that no field covers
  logic [vta_pkg::UOP_W-1:0] uop;
  /* verilator lint_on UNUSEDSIGNAL */
  vta_ram #(.Width(vta_pkg::UOP_W), .Depth(vta_pkg::UOP_DEPTH)) uops (
    .clk_i, .we_i(uop_we_i), .waddr_i(uop_waddr_i), .wdata_i(uop_wdata_i), .re_i(issue), .raddr_i(uop_q),
    .rdata_o(uop)
  );

  // What goes along unchanged.
  localparam int AlongW = 8 + GroupIdxW + 1 + PlaceW;
  logic [AlongW-1:0] along1_q, along2_q;
  logic [IdxW:0] dst1_q, src1_q, wgt1_q, dst2_q, src2_q, wgt2_q;

  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      v1_q <= 1'b0;
      v2_q <= 1'b0;
    end else if (!stall) begin
      v1_q <= issue;
      v2_q <= v1_q;
    end
    if (issue) begin
      along1_q <= {last, gemm_q, depthwise_q, reset_q, overwrite_q, !empty_q && !gemm_q && !reset_q && !requantise_q && source_q,
                   !empty_q && !gemm_q && !reset_q && !requantise_q && !source_q, first_q,
                   group_q, use_imm_q, place_q};
      requantise1_q <= requantise_q;
      dst1_q <= dst_q;
      src1_q <= src_q;
      wgt1_q <= wgt_q;
    end
    if (!stall) begin
      along2_q <= along1_q;
      requantise2_q <= requantise1_q;
      dst2_q <= advance(dst1_q, IdxW'(uop[vta_pkg::UOP_DST_LSB+:AccIdxW]));
      src2_q <= advance(src1_q, IdxW'(uop[vta_pkg::UOP_SRC_LSB+:SrcIdxW]));
      wgt2_q <= advance(wgt1_q, IdxW'(uop[vta_pkg::UOP_WGT_LSB+:WgtIdxW]));
    end
  end

  initial begin
    n_valid_q = 1'b0;
    valid_q = 1'b0;
    v1_q = 1'b0;
    v2_q = 1'b0;
  end

  // S2.

  logic [PlaceW-1:0] place2;
  logic uses_acc_src;
  assign {last_o, gemm_o, depthwise_o, reset_o, overwrite_o, source_o, alu_o, first_o, group_o, use_imm_o, place2}
      = along2_q;
  assign requantise_o = requantise2_q;
  assign dst_o = dst2_q[AccIdxW-1:0];
  assign acc_src_o = src2_q[AccIdxW-1:0];
  assign inp_src_o = src2_q[InpIdxW-1:0];
  assign wgt_o = wgt2_q[WgtIdxW-1:0];

  logic beyond;
  assign uses_acc_src = source_o || (alu_o && !use_imm_o) || requantise_o;
  assign beyond =
      ((gemm_o || reset_o || source_o || alu_o || requantise_o) && dst2_q >= (IdxW+1)'(vta_pkg::ACC_DEPTH))
      || (uses_acc_src && src2_q >= (IdxW+1)'(vta_pkg::ACC_DEPTH))
      || (requantise_o && src2_q + (IdxW+1)'(2) >= (IdxW+1)'(vta_pkg::ACC_DEPTH))
      || (gemm_o && depthwise_o
          && src2_q + (IdxW+1)'(vta_pkg::INP_ENTRIES - 1) >= (IdxW+1)'(vta_pkg::INP_DEPTH))
      || (gemm_o && (src2_q >= (IdxW+1)'(vta_pkg::INP_DEPTH) || wgt2_q >= (IdxW+1)'(vta_pkg::WGT_DEPTH)));
  assign valid_o = v2_q && !beyond;

  assign fault_index_o = v2_q && beyond;
  assign fault_valid_o = fault_index_o || (n_valid_q && (n_uop_beyond || n_lacks_op_q));
  assign fault_code_o = fault_index_o ? 4'(vta_pkg::FAULT_SRAM_RANGE)
                        : n_uop_beyond ? 4'(vta_pkg::FAULT_UOP_RANGE) : 4'(vta_pkg::FAULT_OPERATION);
  assign fault_place_o = fault_index_o ? place2 : n_place_q;

  // Micro-ops that a load would overwrite.

  logic load_moves, cur_overlaps, next_overlaps;
  assign load_moves = load_begin_i < load_end_i;
  assign cur_overlaps = valid_q && {1'b0, begin_q} < end_q
      && BoundW'(begin_q) < load_end_i && load_begin_i < BoundW'(end_q);
  assign next_overlaps = n_valid_q && {1'b0, n_begin_q} < n_end_q
      && BoundW'(n_begin_q) < load_end_i && load_begin_i < BoundW'(n_end_q);
  assign overlap_o = load_moves && (cur_overlaps || next_overlaps);

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      starts_only_into_a_free_slot: assert (!start_i || next_free_o);
      no_slots_of_both_kinds_are_under_way: assert (!(plain_slots && requantise_slots));
    end
  end
`endif

endmodule

`default_nettype wire
