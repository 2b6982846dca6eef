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

  localparam int PtrW = Depth > 1 ? $clog2(Depth) : 1;
  localparam int CountW = $clog2(Depth) + 1;
  localparam logic [PtrW-1:0] Step = PtrW'(Depth > 1 ? 1 : 0);

  logic [Width-1:0] entries_q [Depth];
  logic [PtrW-1:0] head_q, tail_q;
  logic [CountW-1:0] count_q;

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
      if (push_i) tail_q <= tail_q + Step;
      if (pop_i) head_q <= head_q + Step;
      if (push_i && !pop_i) count_q <= count_q + 1'b1;
      if (pop_i && !push_i) count_q <= count_q - 1'b1;
    end
  end

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      no_push_beyond_the_depth: assert (!(push_i && 32'(count_q) == Depth) || pop_i);
      no_pop_of_nothing: assert (!pop_i || count_q != '0);
      never_more_than_the_depth: assert (32'(count_q) <= Depth);
      the_count_is_the_distance_of_the_pointers: assert (Depth == 1 || PtrW'(tail_q - head_q) == PtrW'(count_q));
    end
  end
`endif

endmodule

`default_nettype wire
