// Fetch with command queues that are full whenever they like, and grants and beats that come whenever they like:
// every beat has its place in the buffer (R never waits for a command queue), and the bursts keep their rule
// (assertions of vta_fetch.sv).
`default_nettype none

module fetch (
  input wire logic                      clk,
  input wire logic                      clear,
  input wire logic                      halt,
  input wire logic [31:0]               address,
  input wire logic [31:0]               count,
  input wire logic                      grant,
  input wire logic                      r_valid,
  input wire logic [vta_pkg::BUS_W-1:0] r_data,
  input wire logic                      r_error,
  input wire logic [2:0]                full
);

  logic running_q;
  initial running_q = 1'b0;
  always_ff @(posedge clk) if (clear) running_q <= 1'b1;

  logic req_valid, done, blocked, fault_valid;
  logic [31:0] req_addr;
  logic [vta_pkg::NUMBER_W-1:0] number;
  logic [4:0] req_len;
  logic [2:0] push;
  logic [vta_pkg::INSN_W-1:0] insn;
  logic [3:0] fault_code, cause;

  vta_fetch dut (
    .clk_i(clk), .clear_i(clear), .running_i(running_q), .halt_i(halt), .address_i(address), .count_i(count),
    .req_valid_o(req_valid), .req_addr_o(req_addr), .req_len_o(req_len), .req_grant_i(grant),
    .r_valid_i(r_valid), .r_data_i(r_data), .r_error_i(r_error), .push_o(push), .insn_o(insn), .number_o(number), .full_i(full),
    .done_o(done), .blocked_o(blocked), .fault_valid_o(fault_valid), .fault_code_o(fault_code),
    .cause_o(cause)
  );

  logic halted_q;
  initial halted_q = 1'b0;
  always_ff @(posedge clk) halted_q <= halt && !clear;

  always_comb begin
    assume (!grant || req_valid);
    assume (!r_valid || running_q);
    assume (!clear || !running_q);  // one run
    assume (!halted_q || halt);     // a halt is until the run ends
  end

endmodule

`default_nettype wire
