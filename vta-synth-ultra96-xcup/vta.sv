// The accelerator: registers behind AXI4-Lite, memory behind AXI4. One clock, synchronous reset.
`default_nettype none

module vta (
  input  wire logic                       clk_i,
  input  wire logic                       rst_ni,

  // AXI4-Lite, registers.
  input  wire logic [15:0]                axil_awaddr_i,
  input  wire logic                       axil_awvalid_i,
  output logic                            axil_awready_o,
  input  wire logic [31:0]                axil_wdata_i,
  input  wire logic [3:0]                 axil_wstrb_i,
  input  wire logic                       axil_wvalid_i,
  output logic                            axil_wready_o,
  output logic [1:0]                      axil_bresp_o,
  output logic                            axil_bvalid_o,
  input  wire logic                       axil_bready_i,
  input  wire logic [15:0]                axil_araddr_i,
  input  wire logic                       axil_arvalid_i,
  output logic                            axil_arready_o,
  output logic [31:0]                     axil_rdata_o,
  output logic [1:0]                      axil_rresp_o,
  output logic                            axil_rvalid_o,
  input  wire logic                       axil_rready_i,

  // AXI4, memory: one ID, incrementing bursts of whole beats.
  output logic [31:0]                     axi_araddr_o,
  output logic [7:0]                      axi_arlen_o,
  output logic [2:0]                      axi_arsize_o,
  output logic [1:0]                      axi_arburst_o,
  output logic                            axi_arvalid_o,
  input  wire logic                       axi_arready_i,
  input  wire logic [vta_pkg::BUS_W-1:0]  axi_rdata_i,
  input  wire logic [1:0]                 axi_rresp_i,
  input  wire logic                       axi_rlast_i,
  input  wire logic                       axi_rvalid_i,
  output logic                            axi_rready_o,
  output logic [31:0]                     axi_awaddr_o,
  output logic [7:0]                      axi_awlen_o,
  output logic [2:0]                      axi_awsize_o,
  output logic [1:0]                      axi_awburst_o,
  output logic                            axi_awvalid_o,
  input  wire logic                       axi_awready_i,
  output logic [vta_pkg::BUS_W-1:0]       axi_wdata_o,
  output logic [vta_pkg::BUS_W/8-1:0]     axi_wstrb_o,
  output logic                            axi_wlast_o,
  output logic                            axi_wvalid_o,
  input  wire logic                       axi_wready_i,
  input  wire logic [1:0]                 axi_bresp_i,
  input  wire logic                       axi_bvalid_i,
  output logic                            axi_bready_o,

  output logic                            irq_o,

  // For logic analysers and simulation: {running, store_end, store_start, compute_end, compute_start,
  // load_end, load_start}, a pulse for each instruction; and each unit's cause of this cycle while it
  // runs, {store, compute, load, fetch}.
  output logic [6:0]                      event_o,
  output logic [15:0]                     cause_o
);

  logic rst, start, stop, running;
  logic [31:0] address, count, fault_number;
  logic [3:0] fault_code;
  assign rst = !rst_ni;

  vta_registers registers (
    .clk_i, .rst_i(rst),
    .awaddr_i(axil_awaddr_i), .awvalid_i(axil_awvalid_i), .awready_o(axil_awready_o),
    .wdata_i(axil_wdata_i), .wstrb_i(axil_wstrb_i), .wvalid_i(axil_wvalid_i), .wready_o(axil_wready_o),
    .bvalid_o(axil_bvalid_o), .bready_i(axil_bready_i),
    .araddr_i(axil_araddr_i), .arvalid_i(axil_arvalid_i), .arready_o(axil_arready_o),
    .rdata_o(axil_rdata_o), .rvalid_o(axil_rvalid_o), .rready_i(axil_rready_i),
    .start_o(start), .stop_o(stop), .address_o(address), .count_o(count),
    .running_i(running), .fault_code_i(fault_code), .fault_number_i(fault_number), .cause_i(cause_o), .irq_o
  );
  assign axil_bresp_o = 2'b00;
  assign axil_rresp_o = 2'b00;

  vta_core core (
    .clk_i, .rst_i(rst), .start_i(start), .stop_i(stop), .address_i(address), .count_i(count),
    .running_o(running), .fault_code_o(fault_code), .fault_number_o(fault_number),
    .araddr_o(axi_araddr_o), .arlen_o(axi_arlen_o), .arvalid_o(axi_arvalid_o), .arready_i(axi_arready_i),
    .rdata_i(axi_rdata_i), .rresp_i(axi_rresp_i), .rlast_i(axi_rlast_i), .rvalid_i(axi_rvalid_i),
    .rready_o(axi_rready_o),
    .awaddr_o(axi_awaddr_o), .awlen_o(axi_awlen_o), .awvalid_o(axi_awvalid_o), .awready_i(axi_awready_i),
    .wdata_o(axi_wdata_o), .wstrb_o(axi_wstrb_o), .wlast_o(axi_wlast_o), .wvalid_o(axi_wvalid_o),
    .wready_i(axi_wready_i), .bresp_i(axi_bresp_i), .bvalid_i(axi_bvalid_i),
    .event_o(event_o[5:0]), .cause_o
  );
  assign event_o[6] = running;
  assign axi_arsize_o = 3'($clog2(vta_pkg::BUS_W / 8));
  assign axi_awsize_o = 3'($clog2(vta_pkg::BUS_W / 8));
  assign axi_arburst_o = 2'b01;
  assign axi_awburst_o = 2'b01;
  assign axi_bready_o = 1'b1;

endmodule

`default_nettype wire
