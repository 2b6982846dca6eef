// Read DMA, any instruction and any grants: every burst keeps the bursts' rule and stays within its row
// (assertions of vta_read_dma.sv).
`default_nettype none

module dma_bursts (
  input wire logic                       clk,
  input wire logic                       clear,
  input wire logic                       halt,
  input wire logic                       start,
  input wire logic [vta_pkg::INSN_W-1:0] insn,
  input wire logic                       grant,
  input wire logic                       room
);

  logic idle, req_valid, fault_valid;
  logic [31:0] req_addr;
  logic [4:0] req_len;
  logic [3:0] fault_code;

  vta_read_dma dut (
    .clk_i(clk), .clear_i(clear), .halt_i(halt), .start_i(start), .insn_i(insn), .idle_o(idle),
    .req_valid_o(req_valid), .req_addr_o(req_addr), .req_len_o(req_len),
    .req_grant_i(grant), .room_i(room), .fault_valid_o(fault_valid), .fault_code_o(fault_code)
  );

  always_comb begin
    assume (!start || idle);
    assume (!grant || req_valid);
  end

endmodule

`default_nettype wire
