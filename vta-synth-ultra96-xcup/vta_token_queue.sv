// A queue of dependence tokens, which is a counter: given at t, to be taken from t + 1. A token given to
// a full queue is lost and reported.
`default_nettype none

module vta_token_queue #(
  parameter int Depth = 1024
) (
  input  wire logic clk_i,
  input  wire logic clear_i,
  input  wire logic push_i,
  input  wire logic pop_i,
  output logic      valid_o,
  output logic      overflow_o
);

  localparam int CountW = $clog2(Depth) + 1;

  logic [CountW-1:0] count_q;

  initial count_q = '0;

  assign valid_o = count_q != '0;
  assign overflow_o = push_i && count_q == Depth[CountW-1:0];

  always_ff @(posedge clk_i) begin
    if (clear_i) count_q <= '0;
    else if (push_i && !pop_i && !overflow_o) count_q <= count_q + 1'b1;
    else if (pop_i && (!push_i || overflow_o)) count_q <= count_q - 1'b1;
  end

`ifdef VTA_ASSERT
  logic [CountW-1:0] given_q, taken_q, lost_q;
  initial begin
    given_q = '0;
    taken_q = '0;
    lost_q = '0;
  end
  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      given_q <= '0;
      taken_q <= '0;
      lost_q <= '0;
    end else begin
      given_q <= given_q + CountW'(push_i);
      taken_q <= taken_q + CountW'(pop_i);
      lost_q <= lost_q + CountW'(overflow_o);
    end
    if (!clear_i) begin
      every_token_given_is_there_or_taken_or_reported: assert (CountW'(given_q - taken_q - lost_q) == count_q);
      no_pop_of_nothing: assert (!pop_i || count_q != '0);
      never_more_than_the_depth: assert (count_q <= Depth[CountW-1:0]);
    end
  end
`endif

endmodule

`default_nettype wire
