// A RAM of one bit, which starts at 0. As of vta_ram, what is read while it is written is anything.
`default_nettype none

module vta_flag_ram #(
  parameter int Depth = 16
) (
  input  wire logic                     clk_i,
  input  wire logic                     we_i,
  input  wire logic [$clog2(Depth)-1:0] waddr_i,
  input  wire logic                     wdata_i,
  input  wire logic [$clog2(Depth)-1:0] raddr_i,
  output logic                          rdata_o
);

  (* no_rw_check *) logic mem [Depth];

  // Must start at 0 or 1, which block RAM does anyway; Yosys takes quadratic time to be told.
`ifdef SYNTHESIS
  generate
    if (Depth <= 2048) begin : gen_start
      initial for (int i = 0; i < Depth; i++) mem[i] = 1'b0;
    end
  endgenerate
`else
  initial for (int i = 0; i < Depth; i++) mem[i] = 1'b0;
`endif

  always_ff @(posedge clk_i) begin
    if (we_i) mem[waddr_i] <= wdata_i;
`ifdef VTA_ASSERT
    rdata_o <= we_i && waddr_i == raddr_i ? !mem[raddr_i] : mem[raddr_i];
`else
    rdata_o <= mem[raddr_i];
`endif
  end

endmodule

`default_nettype wire
