// The vector ALU: one group of lanes a cycle. The second operand is an immediate, or the vector that a slot
// before brought. The result is the whole vector, with the group replaced.
`default_nettype none

module vta_alu #(
  localparam int Groups = vta_pkg::BATCH * vta_pkg::BLOCK_OUT / vta_pkg::ALU_LANES,
  localparam int GroupIdxW = Groups > 1 ? $clog2(Groups) : 1
) (
  input  wire logic                      clk_i,
  input  wire logic                      source_i,  // base_i is the second operand
  input  wire logic                      en_i,      // base_i is the first operand
  input  wire logic [2:0]                op_i,
  input  wire logic                      use_imm_i,
  input  wire logic [15:0]               imm_i,
  /* verilator lint_off UNUSEDSIGNAL */  // where there is one group
  input  wire logic [GroupIdxW-1:0]      group_i,
  /* verilator lint_on UNUSEDSIGNAL */
  input  wire logic [vta_pkg::ACC_W-1:0] base_i,
  output logic [vta_pkg::ACC_W-1:0]      result_o
);

  localparam int Lanes = vta_pkg::ALU_LANES;
  localparam int GroupW = 32 * Lanes;

  function automatic logic [31:0] reversed(input logic [31:0] x);
    for (int i = 0; i < 32; i++) reversed[i] = x[31-i];
  endfunction

  // Right by y, or left by -y, which is the reversed word right by ~y and by one.
  function automatic logic [31:0] shift(input logic [31:0] x, input logic [31:0] y);
    logic left, fill;
    logic [4:0] amount;
    logic [31:0] word;
    left = y[31];
    fill = !left && x[31];
    amount = y[4:0] ^ {5{left}};
    word = 32'($signed({fill, left ? reversed(x) : x}) >>> amount);
    if (y[30:5] != {26{left}}) shift = {32{fill}};
    else if (left) shift = reversed(word) << 1;
    else shift = word;
  endfunction

  function automatic logic [GroupW-1:0] operate(input logic [2:0] op, input logic [GroupW-1:0] x,
                                                input logic [GroupW-1:0] y);
    operate = x;
    case (op)
      3'(vta_pkg::OP_MIN), 3'(vta_pkg::OP_MAX):
        for (int i = 0; i < Lanes; i++) begin
          if (($signed(y[i*32+:32]) < $signed(x[i*32+:32])) == (op == 3'(vta_pkg::OP_MIN))) begin
            operate[i*32+:32] = y[i*32+:32];
          end
        end
      3'(vta_pkg::OP_ADD):
        for (int i = 0; i < Lanes; i++) operate[i*32+:32] = x[i*32+:32] + y[i*32+:32];
      3'(vta_pkg::OP_SHR):
        for (int i = 0; i < Lanes; i++) operate[i*32+:32] = shift(x[i*32+:32], y[i*32+:32]);
      default:
        if (vta_pkg::HAS_MUL != 0) begin
          for (int i = 0; i < Lanes; i++) operate[i*32+:32] = x[i*32+:32] * y[i*32+:32];
        end
    endcase
  endfunction

  logic [vta_pkg::ACC_W-1:0] source_q;
  always_ff @(posedge clk_i) if (source_i) source_q <= base_i;

  generate
    if (Groups > 1) begin : gen_groups
      logic [GroupW-1:0] x, y, result;
      assign x = GroupW'(base_i >> (32'(group_i) * GroupW));
      assign y = use_imm_i ? {Lanes{{16{imm_i[15]}}, imm_i}} : GroupW'(source_q >> (32'(group_i) * GroupW));
      assign result = operate(op_i, x, y);
      always_ff @(posedge clk_i) begin
        if (en_i) begin
          for (int g = 0; g < Groups; g++) begin
            result_o[g*GroupW+:GroupW] <= group_i == GroupIdxW'(g) ? result : base_i[g*GroupW+:GroupW];
          end
        end
      end
    end else begin : gen_whole
      always_ff @(posedge clk_i) begin
        if (en_i) result_o <= operate(op_i, base_i, use_imm_i ? {Lanes{{16{imm_i[15]}}, imm_i}} : source_q);
      end
    end
  endgenerate

endmodule

`default_nettype wire
