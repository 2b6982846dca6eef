// The accelerator behind few pins, so that it can be placed on any package: the host's inputs are pins, the
// memory's a shift register, of the outputs the parity comes out. For area and timing; not a useful board.
`default_nettype none

module vta_pins (
  input  wire logic clk_i,
  input  wire logic rst_ni,
  input  wire logic [72:0] host_i,
  input  wire logic memory_i,
  output logic      out_o,
  output logic      irq_o
);

  localparam int BusW = vta_pkg::BUS_W;
  localparam int InW = 1 + BusW + 2 + 1 + 1 + 1 + 1 + 2 + 1;
  localparam int OutW = 1 + 1 + 2 + 1 + 1 + 32 + 2 + 1 + 32 + 8 + 3 + 2 + 1 + 1 + 32 + 8 + 3 + 2 + 1
                        + BusW + BusW / 8 + 1 + 1 + 1 + 7;

  logic [InW-1:0] in_q;
  localparam int Folds = 16;  // bits between which two levels of parity have a register
  logic [OutW-1:0] out;
  logic [Folds-1:0] fold, fold_q;
  logic parity_q;

  always_ff @(posedge clk_i) begin
    in_q <= {in_q[InW-2:0], memory_i};
    fold_q <= fold;
    parity_q <= ^fold_q;
  end
  always_comb begin
    fold = '0;
    for (int i = 0; i < OutW; i++) fold[i%Folds] = fold[i%Folds] ^ out[i];
  end
  assign out_o = parity_q;

  logic [15:0] awaddr, araddr;
  logic [31:0] wdata;
  logic [3:0] wstrb;
  logic awvalid, wvalid, bready, arvalid, rready, axi_arready, axi_rlast, axi_rvalid, axi_awready, axi_wready, axi_bvalid;
  logic [BusW-1:0] axi_rdata;
  logic [1:0] axi_rresp, axi_bresp;
  assign {awaddr, awvalid, wdata, wstrb, wvalid, bready, araddr, arvalid, rready} = host_i;
  assign {axi_arready, axi_rdata, axi_rresp, axi_rlast, axi_rvalid, axi_awready, axi_wready, axi_bresp, axi_bvalid} = in_q;

  logic awready, wready, bvalid, arready, rvalid, axi_arvalid, axi_rready, axi_awvalid, axi_wlast, axi_wvalid, axi_bready;
  logic [1:0] bresp, rresp, axi_arburst, axi_awburst;
  logic [31:0] rdata, axi_araddr, axi_awaddr;
  logic [7:0] axi_arlen, axi_awlen;
  logic [2:0] axi_arsize, axi_awsize;
  logic [BusW-1:0] axi_wdata;
  logic [BusW/8-1:0] axi_wstrb;
  logic [6:0] event_bits;
  assign out = {awready, wready, bresp, bvalid, arready, rdata, rresp, rvalid, axi_araddr, axi_arlen, axi_arsize,
                axi_arburst, axi_arvalid, axi_rready, axi_awaddr, axi_awlen, axi_awsize, axi_awburst, axi_awvalid,
                axi_wdata, axi_wstrb, axi_wlast, axi_wvalid, axi_bready, event_bits};

  vta accelerator (
    .clk_i, .rst_ni,
    .axil_awaddr_i(awaddr), .axil_awvalid_i(awvalid), .axil_awready_o(awready),
    .axil_wdata_i(wdata), .axil_wstrb_i(wstrb), .axil_wvalid_i(wvalid), .axil_wready_o(wready),
    .axil_bresp_o(bresp), .axil_bvalid_o(bvalid), .axil_bready_i(bready),
    .axil_araddr_i(araddr), .axil_arvalid_i(arvalid), .axil_arready_o(arready),
    .axil_rdata_o(rdata), .axil_rresp_o(rresp), .axil_rvalid_o(rvalid), .axil_rready_i(rready),
    .axi_araddr_o(axi_araddr), .axi_arlen_o(axi_arlen), .axi_arsize_o(axi_arsize),
    .axi_arburst_o(axi_arburst), .axi_arvalid_o(axi_arvalid), .axi_arready_i(axi_arready),
    .axi_rdata_i(axi_rdata), .axi_rresp_i(axi_rresp), .axi_rlast_i(axi_rlast),
    .axi_rvalid_i(axi_rvalid), .axi_rready_o(axi_rready),
    .axi_awaddr_o(axi_awaddr), .axi_awlen_o(axi_awlen), .axi_awsize_o(axi_awsize),
    .axi_awburst_o(axi_awburst), .axi_awvalid_o(axi_awvalid), .axi_awready_i(axi_awready),
    .axi_wdata_o(axi_wdata), .axi_wstrb_o(axi_wstrb), .axi_wlast_o(axi_wlast),
    .axi_wvalid_o(axi_wvalid), .axi_wready_i(axi_wready),
    .axi_bresp_i(axi_bresp), .axi_bvalid_i(axi_bvalid), .axi_bready_o(axi_bready),
    .irq_o, .event_o(event_bits)
  );

endmodule

`default_nettype wire
