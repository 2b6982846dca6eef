// The AXI read channels: grants one of three requesters a cycle (the lowest number first), remembers the
// owner of each burst, and gives the beats, which come back in order, to the owner at the head.
`default_nettype none

module vta_read_arbiter #(
  parameter int Outstanding = 64  // bursts; a power of two
) (
  input  wire logic                      clk_i,
  input  wire logic                      clear_i,
  input  wire logic                      halt_i,

  // Requesters: 0 fetch, 1 compute, 2 load.
  input  wire logic [2:0]                req_valid_i,
  input  wire logic [3*32-1:0]           req_addr_i,
  input  wire logic [3*5-1:0]            req_len_i,
  output logic [2:0]                     req_grant_o,

  output logic [31:0]                    araddr_o,
  output logic [7:0]                     arlen_o,
  output logic                           arvalid_o,
  input  wire logic                      arready_i,

  input  wire logic                      rlast_i,
  input  wire logic                      rvalid_i,
  output logic                           rready_o,

  output logic [2:0]                     beat_valid_o,  // a beat is there for the requester
  input  wire logic [2:0]                beat_ready_i,
  output logic [2:0]                     other_o,       // a burst of another one is being delivered
  output logic                           idle_o         // nothing outstanding
);

  localparam int CountW = $clog2(Outstanding) + 1;

  logic ar_valid_q;
  logic [31:0] ar_addr_q;
  logic [4:0] ar_len_q;
  logic [CountW-1:0] outstanding_q;
  logic mid_burst_q;

  logic room, owner_valid, last;
  logic [1:0] owner, granted;
  /* verilator lint_off UNUSEDSIGNAL */  // for an assertion
  logic [CountW-1:0] owned;
  /* verilator lint_on UNUSEDSIGNAL */

  initial begin
    ar_valid_q = 1'b0;
    outstanding_q = '0;
    mid_burst_q = 1'b0;
  end

  assign room = (!ar_valid_q || arready_i) && outstanding_q < CountW'(Outstanding) && !halt_i;
  always_comb begin
    req_grant_o = '0;
    granted = 2'd0;
    if (room) begin
      if (req_valid_i[0]) req_grant_o[0] = 1'b1;
      else if (req_valid_i[1]) begin
        req_grant_o[1] = 1'b1;
        granted = 2'd1;
      end else if (req_valid_i[2]) begin
        req_grant_o[2] = 1'b1;
        granted = 2'd2;
      end
    end
  end

  logic [31:0] granted_addr;
  logic [4:0] granted_len;
  assign granted_addr = req_grant_o[0] ? req_addr_i[31:0]
                        : req_grant_o[1] ? req_addr_i[63:32] : req_addr_i[95:64];
  assign granted_len = req_grant_o[0] ? req_len_i[4:0]
                       : req_grant_o[1] ? req_len_i[9:5] : req_len_i[14:10];

  vta_small_fifo #(.Width(2), .Depth(Outstanding)) owners (
    .clk_i, .clear_i, .push_i(req_grant_o != '0), .data_i(granted), .pop_i(last),
    .valid_o(owner_valid), .data_o(owner), .count_o(owned)
  );

  assign last = rvalid_i && rready_o && rlast_i;

  always_ff @(posedge clk_i) begin
    if (req_grant_o != '0) begin
      ar_addr_q <= granted_addr;
      ar_len_q <= granted_len - 5'd1;
    end
    if (clear_i) begin
      ar_valid_q <= 1'b0;
      outstanding_q <= '0;
      mid_burst_q <= 1'b0;
    end else begin
      if (req_grant_o != '0) ar_valid_q <= 1'b1;
      else if (arready_i) ar_valid_q <= 1'b0;
      if (req_grant_o != '0 && !last) outstanding_q <= outstanding_q + 1'b1;
      if (req_grant_o == '0 && last) outstanding_q <= outstanding_q - 1'b1;
      if (rvalid_i && rready_o) mid_burst_q <= !rlast_i;
    end
  end

  assign araddr_o = ar_addr_q;
  assign arlen_o = {3'b000, ar_len_q};
  assign arvalid_o = ar_valid_q;

  // Halted, all beats are taken and dropped.
  always_comb begin
    for (int i = 0; i < 3; i++) begin
      beat_valid_o[i] = rvalid_i && owner_valid && owner == i[1:0];
      other_o[i] = (rvalid_i || mid_burst_q) && owner_valid && owner != i[1:0];
    end
  end
  assign rready_o = halt_i || (beat_valid_o & beat_ready_i) != '0;
  assign idle_o = outstanding_q == '0;

`ifdef VTA_ASSERT
  logic stalled_q;
  logic [31:0] addr_before_q;
  logic [4:0] len_before_q;
  logic [CountW-1:0] accepted_q;  // requests that the memory has taken and not yet answered
  initial stalled_q = 1'b0;
  initial accepted_q = '0;
  always_ff @(posedge clk_i) begin
    stalled_q <= ar_valid_q && !arready_i && !clear_i;
    addr_before_q <= ar_addr_q;
    len_before_q <= ar_len_q;
    if (clear_i) accepted_q <= '0;
    else accepted_q <= accepted_q + CountW'(arvalid_o && arready_i) - CountW'(last);
    if (!clear_i) begin
      a_beat_answers_a_request: assume (!rvalid_i || accepted_q != '0);
      every_outstanding_burst_waits_or_is_accepted: assert (accepted_q <= outstanding_q
          && outstanding_q - accepted_q == CountW'(ar_valid_q));
      if (stalled_q) begin
        a_waiting_read_request_stays: assert (ar_valid_q && ar_addr_q == addr_before_q && ar_len_q == len_before_q);
      end
      no_more_bursts_than_allowed_are_outstanding: assert (outstanding_q <= CountW'(Outstanding));
      every_outstanding_burst_has_its_owner: assert (owned == outstanding_q);
      at_most_one_requester_is_granted: assert ((req_grant_o & (req_grant_o - 3'd1)) == '0);
      a_grant_answers_a_request: assert ((req_grant_o & ~req_valid_i) == '0);
    end
  end
`endif

endmodule

`default_nettype wire
