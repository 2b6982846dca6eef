// A FIFO of registers: pushed at t, at the head from t + 1.
`default_nettype none

module vta_small_fifo #(
  parameter int Width = 8,
  parameter int Depth = 8  // a power of two
) (
  input  wire logic             clk_i,
  input  wire logic             clear_i,
  input  wire logic             push_i,
  input  wire logic [Width-1:0] data_i,
  input  wire logic             pop_i,
  output logic                  valid_o,
  output logic [Width-1:0]      data_o,
  output logic [$clog2(Depth):0] count_o
);

  localparam int PtrW = $clog2(Depth);

  logic [Width-1:0] entries_q [Depth];
  logic [PtrW-1:0] head_q, tail_q;
  logic [PtrW:0] count_q;

  initial begin
    head_q = '0;
    tail_q = '0;
    count_q = '0;
  end

  assign valid_o = count_q != '0;
  assign data_o = entries_q[head_q];
  assign count_o = count_q;

  always_ff @(posedge clk_i) begin
    if (push_i) entries_q[tail_q] <= data_i;
    if (clear_i) begin
      head_q <= '0;
      tail_q <= '0;
      count_q <= '0;
    end else begin
      if (push_i) tail_q <= tail_q + 1'b1;
      if (pop_i) head_q <= head_q + 1'b1;
      if (push_i && !pop_i) count_q <= count_q + 1'b1;
      if (pop_i && !push_i) count_q <= count_q - 1'b1;
    end
  end

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      no_push_beyond_the_depth: assert (!(push_i && count_q == Depth[PtrW:0]) || pop_i);
      no_pop_of_nothing: assert (!pop_i || count_q != '0);
      never_more_than_the_depth: assert (count_q <= Depth[PtrW:0]);
      the_count_is_the_distance_of_the_pointers: assert (PtrW'(tail_q - head_q) == count_q[PtrW-1:0]);
    end
  end
`endif

endmodule

`default_nettype wire
