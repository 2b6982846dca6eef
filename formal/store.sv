// Store, any instructions and any answers of the memory: each element goes where its row and column say, each
// burst keeps the bursts' rule (assertions of vta_store.sv), and AW and W stay as they are until they are taken.
`default_nettype none

module store (
  input wire logic                          clk,
  input wire logic                          clear,
  input wire logic                          halt,
  input wire logic                          cmd_valid,
  input wire logic [vta_pkg::INSN_W-1:0]    insn,
  input wire logic [31:0]                   number,
  input wire logic                          cmd_empty,
  input wire logic                          token,
  input wire logic                          fetch_done,
  input wire logic [vta_pkg::OUT_W-1:0]     data,
  input wire logic                          awready,
  input wire logic                          wready,
  input wire logic                          bvalid,
  input wire logic [1:0]                    bresp
);

  logic pop, token_pop, token_push, awvalid, wvalid, wlast, fault, starts, ends, waits, idle, bus_idle;
  logic [vta_pkg::ACC_IDX_W-1:0] raddr;
  logic [31:0] awaddr, number_out;
  logic [7:0] awlen;
  logic [vta_pkg::BUS_W-1:0] wdata;
  logic [vta_pkg::BUS_W/8-1:0] wstrb;
  logic [3:0] fault_code, cause;

  vta_store dut (
    .clk_i(clk), .clear_i(clear), .halt_i(halt), .cmd_valid_i(cmd_valid), .cmd_insn_i(insn),
    .cmd_number_i(number), .cmd_empty_i(cmd_empty), .cmd_pop_o(pop), .token_prev_valid_i(token),
    .token_prev_pop_o(token_pop), .token_prev_push_o(token_push), .fetch_done_i(fetch_done),
    .out_raddr_o(raddr), .out_rdata_i(data), .awaddr_o(awaddr), .awlen_o(awlen), .awvalid_o(awvalid),
    .awready_i(awready), .wdata_o(wdata), .wstrb_o(wstrb), .wlast_o(wlast), .wvalid_o(wvalid),
    .wready_i(wready), .bvalid_i(bvalid), .bresp_i(bresp), .fault_valid_o(fault), .fault_code_o(fault_code),
    .number_o(number_out), .event_start_o(starts), .event_end_o(ends),
    .cause_o(cause), .waits_for_token_o(waits), .idle_o(idle), .bus_idle_o(bus_idle)
  );

  logic running_q;
  initial running_q = 1'b0;
  always_ff @(posedge clk) if (clear) running_q <= 1'b1;
  always_comb begin
    assume (!clear || !running_q);  // one run
    assume (clear || running_q);
    assume (!bvalid || !bus_idle);
  end

  logic address_waits_q, data_waits_q, last_q;
  logic [31:0] addr_q;
  logic [7:0] len_q;
  logic [vta_pkg::BUS_W-1:0] data_q;
  logic [vta_pkg::BUS_W/8-1:0] strobe_q;
  initial begin
    address_waits_q = 1'b0;
    data_waits_q = 1'b0;
  end
  always_ff @(posedge clk) begin
    address_waits_q <= awvalid && !awready && !clear;
    data_waits_q <= wvalid && !wready && !clear;
    addr_q <= awaddr;
    len_q <= awlen;
    data_q <= wdata;
    strobe_q <= wstrb;
    last_q <= wlast;
  end

  always_comb begin
    if (address_waits_q) assert (awvalid && awaddr == addr_q && awlen == len_q);
    if (data_waits_q) assert (wvalid && wdata == data_q && wstrb == strobe_q && wlast == last_q);
  end

endmodule

`default_nettype wire
