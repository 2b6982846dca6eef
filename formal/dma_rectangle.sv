// Read DMA with a small rectangle chosen freely: every beat requested holds a byte of the descriptor, and when
// the DMA is idle again, every byte was requested.
`default_nettype none

module dma_rectangle #(
  parameter int MemoryType = vta_pkg::TYPE_INP
) (
  input wire logic clk,
  input wire logic grant
);

  localparam int BeatBytes = vta_pkg::BUS_W / 8;
  localparam int Rows = 3;

  (* anyconst *) logic [3:0] base;  // elements
  (* anyconst *) logic [1:0] y;
  (* anyconst *) logic [2:0] x;
  (* anyconst *) logic [3:0] stride;
  (* anyconst *) logic [6:0] byte_wanted;  // of the row
  (* anyconst *) logic [1:0] row_wanted;

  logic [vta_pkg::INSN_W-1:0] insn;
  always_comb begin
    insn = '0;
    insn[vta_pkg::MEM_MEMORY_LSB+:3] = 3'(MemoryType);
    insn[vta_pkg::MEM_DRAM_BASE_LSB+:4] = base;
    insn[vta_pkg::MEM_Y_SIZE_LSB+:2] = y;
    insn[vta_pkg::MEM_X_SIZE_LSB+:3] = x;
    insn[vta_pkg::MEM_X_STRIDE_LSB+:4] = stride;
  end

  logic started_q, idle, req_valid, fault_valid;
  logic [31:0] req_addr;
  logic [4:0] req_len;
  logic [3:0] fault_code;
  initial started_q = 1'b0;
  always_ff @(posedge clk) started_q <= 1'b1;

  vta_read_dma dut (
    .clk_i(clk), .clear_i(1'b0), .halt_i(1'b0), .start_i(!started_q), .insn_i(insn), .idle_o(idle),
    .req_valid_o(req_valid), .req_addr_o(req_addr), .req_len_o(req_len),
    .req_grant_i(grant), .room_i(1'b1), .fault_valid_o(fault_valid), .fault_code_o(fault_code)
  );

  localparam int ElementBytes = MemoryType == vta_pkg::TYPE_WGT ? vta_pkg::WGT_W / 8 : vta_pkg::INP_W / 8;
  logic [31:0] element;  // bytes
  assign element = 32'(ElementBytes);

  // Bytes that are requested with this burst.
  logic [31:0] from, to;
  assign from = req_addr;
  assign to = req_addr + 32'(req_len) * 32'(BeatBytes);

  logic within, wanted_seen_q;
  logic [31:0] wanted;
  assign wanted = (32'(base) + 32'(row_wanted) * 32'(stride)) * element + 32'(byte_wanted);
  always_comb begin
    assume (!grant || req_valid);
    assume (row_wanted < y && 32'(byte_wanted) < 32'(x) * element);
    within = 1'b0;
    for (int r = 0; r < Rows; r++) begin
      if (32'(r) < 32'(y) && x != '0) begin
        if ((32'(base) + 32'(r) * 32'(stride)) * element < from + 32'(BeatBytes)
            && (32'(base) + 32'(r) * 32'(stride) + 32'(x)) * element > to - 32'(BeatBytes)) begin
          within = 1'b1;
        end
      end
    end
  end

  initial wanted_seen_q = 1'b0;
  always_ff @(posedge clk) if (grant && wanted >= from && wanted < to) wanted_seen_q <= 1'b1;

  always_comb begin
    if (req_valid) assert (within);
    if (started_q && idle) assert (wanted_seen_q);
    assert (!fault_valid);
  end

endmodule

`default_nettype wire
