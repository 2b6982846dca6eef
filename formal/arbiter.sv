// Read arbiter, with requesters that keep the bursts' rule (proved of the DMA and of fetch) and a memory that
// answers only what it was asked. One burst, chosen freely as it is granted, is followed to its last beat; with
// Follow = 0 only what the counts say (assertions of vta_read_arbiter.sv), for which there may be more bursts.
`default_nettype none

module arbiter #(
  parameter int Outstanding = 64,
  parameter int Follow = 1,  // 0: the counts alone
  parameter int BeatBytes = 64  // the widest bus: the longest bursts in bytes
) (
  input wire logic        clk,
  input wire logic        clear,
  input wire logic        halt,
  input wire logic [2:0]  req_valid,
  input wire logic [95:0] req_addr,
  input wire logic [14:0] req_len,
  input wire logic        arready,
  input wire logic        rlast,
  input wire logic        rvalid,
  input wire logic [2:0]  beat_ready,
  input wire logic        mark  // follow the burst that is granted now
);

  localparam int CountW = $clog2(Outstanding) + 1;
  localparam int BeatBytesW = $clog2(BeatBytes);

  logic [2:0] grant, beat_valid, other;
  logic [31:0] araddr;
  logic [7:0] arlen;
  logic arvalid, rready, idle;

  vta_read_arbiter #(.Outstanding(Outstanding)) dut (
    .clk_i(clk), .clear_i(clear), .halt_i(halt), .req_valid_i(req_valid), .req_addr_i(req_addr),
    .req_len_i(req_len), .req_grant_o(grant), .araddr_o(araddr), .arlen_o(arlen), .arvalid_o(arvalid),
    .arready_i(arready), .rlast_i(rlast), .rvalid_i(rvalid), .rready_o(rready),
    .beat_valid_o(beat_valid), .beat_ready_i(beat_ready), .other_o(other), .idle_o(idle)
  );

  // The requesters' rule.
  always_comb begin
    for (int i = 0; i < 3; i++) begin
      if (req_valid[i]) begin
        assume (req_len[5*i+:5] >= 5'd1 && req_len[5*i+:5] <= 5'd16);
        assume ({1'b0, req_addr[32*i+BeatBytesW+:4]} + req_len[5*i+:5] <= 5'd16);
        assume (req_addr[32*i+:BeatBytesW] == '0);
      end
    end
  end

  // Bursts: granted and not ended; of these, those that the memory has accepted.
  logic granted, last;
  logic [CountW-1:0] open_q, accepted_q;
  initial begin
    open_q = '0;
    accepted_q = '0;
  end
  assign granted = grant != '0;
  assign last = rvalid && rready && rlast;
  always_ff @(posedge clk) begin
    open_q <= open_q + CountW'(granted) - CountW'(last);
    accepted_q <= accepted_q + CountW'(arvalid && arready) - CountW'(last);
  end

  always_comb begin
    assume (!rvalid || accepted_q != '0);
    assume (!clear || idle);  // a run begins when the one before has ended
    assume (!(clear && granted));
  end

  logic followed_q;
  logic [2:0] owner_q;
  logic [CountW-1:0] before_q;
  initial followed_q = 1'b0;
  always_ff @(posedge clk) begin
    if (!followed_q) begin
      followed_q <= granted && mark;
      owner_q <= grant;
      before_q <= open_q - CountW'(last);
    end else if (last) begin
      if (before_q == '0) followed_q <= 1'b0;
      else before_q <= before_q - 1'b1;
    end
  end

  logic [31:0] last_byte;
  assign last_byte = araddr + ((32'(arlen) + 32'd1) << BeatBytesW) - 32'd1;

  always_comb begin
    if (Follow != 0) begin
      assert (idle == (open_q == '0));
      assert (open_q == accepted_q + CountW'(arvalid));
      if (followed_q && before_q == '0 && rvalid) begin
        assert (beat_valid == owner_q);
        assert (other == ~owner_q);
        assert (rready == (halt || (beat_ready & owner_q) != '0));
      end
    end
    assert (rvalid || beat_valid == '0);
    if (arvalid) begin
      assert (arlen < 8'd16);
      assert (araddr[31:12] == last_byte[31:12]);
    end
  end

endmodule

`default_nettype wire
