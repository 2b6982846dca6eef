// A memory with one write and one read port, for block RAM: read at t, the data are there from t + 1 until
// the next read. What is read and written in the same cycle is read as anything: block RAM that must give the
// old value there costs a copy of the write port. Simulation makes it the wrong value.
`default_nettype none

module vta_ram #(
  parameter int Width = 8,
  parameter int Depth = 2  // a power of two
) (
  input  wire logic                     clk_i,
  input  wire logic                     we_i,
  input  wire logic [$clog2(Depth)-1:0] waddr_i,
  input  wire logic [Width-1:0]         wdata_i,
  input  wire logic                     re_i,
  input  wire logic [$clog2(Depth)-1:0] raddr_i,
  output logic [Width-1:0]              rdata_o
);

  (* no_rw_check *) logic [Width-1:0] mem [Depth];

  // Block RAM powers up to zero where it is not told otherwise.
`ifndef SYNTHESIS
  /* verilator lint_off WIDTHCONCAT */  // zeros may be very wide
  initial for (int i = 0; i < Depth; i++) mem[i] = '0;
  /* verilator lint_on WIDTHCONCAT */
`endif

  always_ff @(posedge clk_i) begin
    if (we_i) mem[waddr_i] <= wdata_i;
`ifdef VTA_ASSERT
    if (re_i) rdata_o <= we_i && waddr_i == raddr_i ? ~mem[raddr_i] : mem[raddr_i];
`else
    if (re_i) rdata_o <= mem[raddr_i];
`endif
  end

endmodule

`default_nettype wire
