// Either FIFO hands out what was put in, in order and on time. One entry, chosen freely as it is pushed, is
// followed to the head: what holds for it holds for all.
`default_nettype none

module fifo_order #(
  parameter int Ram = 0,  // 0 the small FIFO, 1 the one in a RAM
  parameter int Depth = 4,
  parameter int Width = 3
) (
  input wire logic             clk,
  input wire logic             clear,
  input wire logic             push,
  input wire logic             pop,
  input wire logic             mark,  // follow the entry that is pushed now
  input wire logic [Width-1:0] data
);

  localparam int CountW = $clog2(Depth) + 1;

  logic valid;
  logic [Width-1:0] head;
  logic [CountW-1:0] count;

  generate
    if (Ram != 0) begin : gen_ram
      vta_ram_fifo #(.Width(Width), .Depth(Depth)) dut (
        .clk_i(clk), .clear_i(clear), .push_i(push), .data_i(data), .pop_i(pop), .valid_o(valid),
        .data_o(head), .count_o(count)
      );
    end else begin : gen_small
      vta_small_fifo #(.Width(Width), .Depth(Depth)) dut (
        .clk_i(clk), .clear_i(clear), .push_i(push), .data_i(data), .pop_i(pop), .valid_o(valid),
        .data_o(head), .count_o(count)
      );
    end
  endgenerate

  always_comb begin
    assume (!pop || valid);
    assume (!push || count != CountW'(Depth));
  end

  logic followed_q;
  logic [Width-1:0] value_q;
  logic [CountW-1:0] before_q;  // entries before it
  logic fresh_q;                // pushed in the cycle before this one
  initial followed_q = 1'b0;

  always_ff @(posedge clk) begin
    fresh_q <= 1'b0;
    if (clear) followed_q <= 1'b0;
    else if (!followed_q) begin
      followed_q <= push && mark;
      value_q <= data;
      before_q <= count - CountW'(pop);
      fresh_q <= push;
    end else if (pop) begin
      if (before_q == '0) followed_q <= 1'b0;
      else before_q <= before_q - 1'b1;
    end
  end

  // At the head from the cycle after its push, in a RAM from two cycles after it; and from the cycle after
  // the pop of the entry before.
  always_comb begin
    if (followed_q) begin
      assert (before_q < count);
      if (before_q == '0) begin
        assert (valid == !(Ram != 0 && fresh_q));
        if (valid) assert (head == value_q);
      end else begin
        assert (valid);
      end
    end
  end

endmodule

`default_nettype wire
