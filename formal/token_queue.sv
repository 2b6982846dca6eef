// Token queue: any number of tokens given, and taken where there are any.
`default_nettype none

module token_queue #(
  parameter int Depth = 1024
) (
  input wire logic clk,
  input wire logic clear,
  input wire logic push,
  input wire logic pop
);

  logic valid, overflow;

  vta_token_queue #(.Depth(Depth)) dut (
    .clk_i(clk), .clear_i(clear), .push_i(push), .pop_i(pop), .valid_o(valid), .overflow_o(overflow)
  );

  always_comb assume (!pop || valid);

endmodule

`default_nettype wire
