// A unit's cycles by cause. The counts are in a small RAM: a cycle's cause is read at t and written, one
// more, at t + 1; a cause that a run has not had counts as 0. To be read while not counting.
`default_nettype none

module vta_counters #(
  parameter int Width = 48
) (
  input  wire logic             clk_i,
  input  wire logic             clear_i,
  input  wire logic             count_i,
  input  wire logic [3:0]       cause_i,
  input  wire logic [3:0]       raddr_i,
  output logic      [Width-1:0] rdata_o  // one cycle later
);

  logic [15:0] seen_q;
  logic write_q, again_q;
  logic [3:0] address, address_q;
  logic [Width-1:0] ram_data, written_q, count, count_after;

  assign address = count_i ? cause_i : raddr_i;

  vta_ram #(.Width(Width), .Depth(16)) counts (
    .clk_i, .we_i(write_q), .waddr_i(address_q), .wdata_i(count_after), .re_i(1'b1), .raddr_i(address),
    .rdata_o(ram_data)
  );

  // The last cycle's cause once more: its count is not yet in the RAM.
  assign count = again_q ? written_q : seen_q[address_q] ? ram_data : '0;
  assign count_after = count + 1'b1;
  assign rdata_o = count;

  always_ff @(posedge clk_i) begin
    address_q <= address;
    written_q <= count_after;
    write_q <= count_i && !clear_i;
    again_q <= write_q && !clear_i && address == address_q;
    if (clear_i) seen_q <= '0;
    else if (write_q) seen_q[address_q] <= 1'b1;
  end

  initial begin
    seen_q = '0;
    write_q = 1'b0;
    again_q = 1'b0;
  end

endmodule

`default_nettype wire
