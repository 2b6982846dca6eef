// The pipeline behind the indices: operands, MAC array and ALU, requantise, and the accumulators with one read
// and one write port. A slot's stages count from its issue I: indices at 2, operands at 4, products at 5; its
// accumulator is read at Tree + 4 and meets the sum at Tree + 5, where the results of the two slots before are
// forwarded; it is written at Tree + 6.
`default_nettype none

module vta_execute #(
  localparam int Groups = vta_pkg::BATCH * vta_pkg::BLOCK_OUT / vta_pkg::ALU_LANES,
  localparam int GroupIdxW = Groups > 1 ? $clog2(Groups) : 1,
  localparam int IdxW = vta_pkg::ACC_IDX_W
) (
  input  wire logic                      clk_i,
  input  wire logic                      clear_i,

  // A slot at stage 2.
  input  wire logic                      valid_i,
  input  wire logic                      last_i,
  input  wire logic                      gemm_i,
  input  wire logic                      depthwise_i,
  input  wire logic                      reset_i,
  input  wire logic                      overwrite_i,
  input  wire logic                      source_i,
  input  wire logic                      alu_i,
  input  wire logic                      requantise_i,
  input  wire logic                      first_i,
  input  wire logic                      use_imm_i,
  input  wire logic [GroupIdxW-1:0]      group_i,
  input  wire logic [IdxW-1:0]           dst_i,
  input  wire logic [IdxW-1:0]           src_i,
  output logic                           accept_o,  // of a requantise slot; others are always taken

  // The operation of an ALU instruction, before its first slot.
  input  wire logic                      op_push_i,
  input  wire logic [2:0]                op_i,
  input  wire logic [15:0]               imm_i,

  input  wire logic [vta_pkg::INP_ENTRIES*vta_pkg::INP_W-1:0] inp_i,  // at stage 4
  input  wire logic [vta_pkg::WGT_W-1:0] wgt_i,

  // Loads write while nothing else does.
  input  wire logic                      load_we_i,
  input  wire logic [IdxW-1:0]           load_waddr_i,
  input  wire logic [vta_pkg::ACC_W-1:0] load_wdata_i,

  // Each write, narrowed.
  output logic                           out_we_o,
  output logic [IdxW-1:0]                out_waddr_o,
  output logic [vta_pkg::OUT_W-1:0]      out_wdata_o,

  output logic                           pipe_busy_o,
  output logic                           requantise_busy_o,
  output logic                           finish_o   // an instruction's last slot is being written
);

  localparam int Tree = vta_pkg::TREE_STAGES;
  localparam int Read = Tree + 4;
  localparam int Sum = Tree + 5;
  localparam int Write = Tree + 6;

  logic [Write:3] valid_q, last_q, gemm_q, reset_q, source_q, alu_q;
  logic [Sum:3] overwrite_q, use_imm_q;
  logic [4:3] depthwise_q;
  logic [Read:3] first_q;
  logic [IdxW-1:0] addr_q [Write+1];  // read, and but for a source written
  logic [GroupIdxW-1:0] group_q [Sum+1];

  initial valid_q = '0;

  always_ff @(posedge clk_i) begin
    if (clear_i) valid_q <= '0;
    else valid_q <= {valid_q[Write-1:3], valid_i && !requantise_i};
    last_q <= {last_q[Write-1:3], last_i};
    gemm_q <= {gemm_q[Write-1:3], gemm_i};
    depthwise_q <= {depthwise_q[3], depthwise_i};
    reset_q <= {reset_q[Write-1:3], reset_i};
    overwrite_q <= {overwrite_q[Sum-1:3], overwrite_i};
    source_q <= {source_q[Write-1:3], source_i};
    alu_q <= {alu_q[Write-1:3], alu_i};
    use_imm_q <= {use_imm_q[Sum-1:3], use_imm_i};
    first_q <= {first_q[Read-1:3], first_i};
    addr_q[3] <= source_i ? src_i : dst_i;
    group_q[3] <= group_i;
    for (int i = 4; i <= Write; i++) addr_q[i] <= addr_q[i-1];
    for (int i = 4; i <= Sum; i++) group_q[i] <= group_q[i-1];
  end

  logic [Write:Sum] writes;  // that the slot writes
  assign writes = valid_q[Write:Sum] & (gemm_q[Write:Sum] | reset_q[Write:Sum] | alu_q[Write:Sum]);

  // Accumulators.

  logic re, we, requantise_re, requantise_we, requantise_finish;
  logic [IdxW-1:0] raddr, waddr, requantise_raddr, requantise_waddr;
  logic [vta_pkg::ACC_W-1:0] rdata, wdata, requantise_wdata;
  vta_ram #(.Width(vta_pkg::ACC_W), .Depth(vta_pkg::ACC_DEPTH)) acc (
    .clk_i, .we_i(we), .waddr_i(waddr), .wdata_i(wdata), .re_i(re), .raddr_i(raddr), .rdata_o(rdata)
  );
  assign re = valid_q[Read] || requantise_re;
  // always_comb, here and below: Icarus 11 does not follow a continuous assignment from a word of an array.
  always_comb raddr = valid_q[Read] ? addr_q[Read] : requantise_raddr;

  // Sum: forwarding, whole vectors.

  logic forward1_q, forward2_q;
  logic [vta_pkg::ACC_W-1:0] base, result, result_before_q, gemm_result, alu_result;
  always_ff @(posedge clk_i) begin
    forward1_q <= writes[Sum] && addr_q[Sum] == addr_q[Read];
    forward2_q <= writes[Write] && addr_q[Write] == addr_q[Read];
    if (writes[Write]) result_before_q <= result;
  end
  assign result = alu_q[Write] ? alu_result : gemm_result;
  assign base = forward1_q ? result : forward2_q ? result_before_q : rdata;

  vta_gemm gemm (
    .clk_i, .mul_i(valid_q[4] && gemm_q[4]), .depthwise_i(depthwise_q[4]), .inp_i, .wgt_i,
    .add_i(valid_q[Sum] && (gemm_q[Sum] || reset_q[Sum])), .reset_i(reset_q[Sum]),
    .overwrite_i(overwrite_q[Sum]), .base_i(base), .result_o(gemm_result)
  );

  // An operation waits in a RAM until its instruction's first slot comes to Sum; it is there until the next one's.
  // There may be an instruction at each stage up to Read, and one that is written while one is read.
  localparam int OpDepth = 1 << $clog2(Read + 2);
  logic op_pop;
  logic [$clog2(OpDepth)-1:0] op_head_q, op_tail_q;
  logic [2:0] op;
  logic [15:0] imm;
  assign op_pop = valid_q[Read] && first_q[Read] && (source_q[Read] || alu_q[Read]);
  vta_ram #(.Width(3 + 16), .Depth(OpDepth)) operations (
    .clk_i, .we_i(op_push_i), .waddr_i(op_tail_q), .wdata_i({op_i, imm_i}), .re_i(op_pop), .raddr_i(op_head_q),
    .rdata_o({op, imm})
  );
  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      op_head_q <= '0;
      op_tail_q <= '0;
    end else begin
      if (op_pop) op_head_q <= op_head_q + 1'b1;
      if (op_push_i) op_tail_q <= op_tail_q + 1'b1;
    end
  end

  logic [GroupIdxW-1:0] group;
  always_comb group = group_q[Sum];
  vta_alu alu (
    .clk_i, .source_i(valid_q[Sum] && source_q[Sum]), .en_i(valid_q[Sum] && alu_q[Sum]), .op_i(op),
    .use_imm_i(use_imm_q[Sum]), .imm_i(imm), .group_i(group), .base_i(base), .result_o(alu_result)
  );

  generate
    if (vta_pkg::HAS_REQUANTISE != 0) begin : gen_requantise
      vta_requantise requantise (
        .clk_i, .clear_i, .valid_i(valid_i && requantise_i), .first_i, .last_i, .dst_i, .src_i,
        .accept_o, .re_o(requantise_re), .raddr_o(requantise_raddr), .rdata_i(rdata),
        .we_o(requantise_we), .waddr_o(requantise_waddr), .wdata_o(requantise_wdata),
        .finish_o(requantise_finish), .busy_o(requantise_busy_o)
      );
    end else begin : gen_no_requantise
      /* verilator lint_off UNUSEDSIGNAL */
      logic unused;
      /* verilator lint_on UNUSEDSIGNAL */
      assign unused = requantise_i;
      assign accept_o = 1'b0;
      assign requantise_re = 1'b0;
      assign requantise_raddr = '0;
      assign requantise_we = 1'b0;
      assign requantise_waddr = '0;
      assign requantise_wdata = '0;
      assign requantise_finish = 1'b0;
      assign requantise_busy_o = 1'b0;
    end
  endgenerate

  // Write.

  assign we = writes[Write] || requantise_we || load_we_i;
  always_comb begin
    if (load_we_i) begin
      waddr = load_waddr_i;
      wdata = load_wdata_i;
    end else if (requantise_we) begin
      waddr = requantise_waddr;
      wdata = requantise_wdata;
    end else begin
      waddr = addr_q[Write];
      wdata = result;
    end
  end

  assign out_we_o = we;
  assign out_waddr_o = waddr;
  generate
    for (genvar i = 0; i < vta_pkg::BATCH * vta_pkg::BLOCK_OUT; i++) begin : gen_narrow
      assign out_wdata_o[i*vta_pkg::OUT_BITS+:vta_pkg::OUT_BITS] = wdata[i*32+:vta_pkg::OUT_BITS];
    end
  endgenerate

  assign pipe_busy_o = valid_q != '0;
  assign finish_o = (valid_q[Write] && last_q[Write]) || requantise_finish;

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      one_writer_at_a_time: assert (!(writes[Write] && (requantise_we || load_we_i)) && !(requantise_we && load_we_i));
      an_operation_is_read_before_its_place_is_taken: assert (!(op_push_i && op_pop && op_head_q == op_tail_q));
      one_reader_at_a_time: assert (!(valid_q[Read] && requantise_re));
    end
  end
`endif

endmodule

`default_nettype wire
