// Numbers of the instructions that a unit has under way. They start and end in order, so that elsewhere a few
// bits name them: their place in this table.
`default_nettype none

module vta_numbers #(
  parameter int Depth = 8,  // instructions under way at most; a power of two
  localparam int PlaceW = Depth > 1 ? $clog2(Depth) : 1
) (
  input  wire logic                         clk_i,
  input  wire logic                         clear_i,
  input  wire logic                         start_i,
  input  wire logic [vta_pkg::NUMBER_W-1:0] number_i,
  output logic [PlaceW-1:0]                 start_place_o,  // of the instruction that starts, or the next one
  input  wire logic                         end_i,
  output logic [PlaceW-1:0]                 end_place_o,    // of the oldest one
  input  wire logic [PlaceW-1:0]            place_i,
  output logic [vta_pkg::NUMBER_W-1:0]      number_o        // of the instruction at place_i
);

  localparam logic [PlaceW-1:0] Step = PlaceW'(Depth > 1 ? 1 : 0);

  logic [vta_pkg::NUMBER_W-1:0] numbers_q [Depth];
  logic [PlaceW-1:0] start_q, end_q;

  initial begin
    start_q = '0;
    end_q = '0;
  end

  assign start_place_o = start_q;
  assign end_place_o = end_q;
  assign number_o = numbers_q[place_i];

  always_ff @(posedge clk_i) begin
    if (start_i) numbers_q[start_q] <= number_i;
    if (clear_i) begin
      start_q <= '0;
      end_q <= '0;
    end else begin
      if (start_i) start_q <= start_q + Step;
      if (end_i) end_q <= end_q + Step;
    end
  end

endmodule

`default_nettype wire
