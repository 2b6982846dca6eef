// The registers behind AXI4-Lite: what the accelerator is, start and stop, the program, the interrupt, the
// fault and the cycle counters. Addresses and the capability record come from the package.
`default_nettype none

module vta_registers (
  input  wire logic        clk_i,
  input  wire logic        rst_i,

  input  wire logic [15:0] awaddr_i,
  input  wire logic        awvalid_i,
  output logic             awready_o,
  input  wire logic [31:0] wdata_i,
  input  wire logic [3:0]  wstrb_i,
  input  wire logic        wvalid_i,
  output logic             wready_o,
  output logic             bvalid_o,
  input  wire logic        bready_i,
  input  wire logic [15:0] araddr_i,
  input  wire logic        arvalid_i,
  output logic             arready_o,
  output logic [31:0]      rdata_o,
  output logic             rvalid_o,
  input  wire logic        rready_i,

  output logic             start_o,
  output logic             stop_o,
  output logic [31:0]      address_o,
  output logic [31:0]      count_o,
  input  wire logic        running_i,
  input  wire logic [3:0]  fault_code_i,
  input  wire logic [31:0] fault_number_i,
  input  wire logic [15:0] cause_i,
  output logic             irq_o
);

  // Writes: address and data are taken together.

  logic write, bvalid_q;
  assign write = awvalid_i && wvalid_i && !bvalid_q;
  assign awready_o = write;
  assign wready_o = write;
  assign bvalid_o = bvalid_q;

  logic write_control, write_status, write_enable, write_address, write_count;
  assign write_control = write && wstrb_i[0] && awaddr_i == 16'(vta_pkg::REG_CONTROL);
  assign write_status = write && wstrb_i[0] && awaddr_i == 16'(vta_pkg::REG_INTERRUPT_STATUS);
  assign write_enable = write && wstrb_i[0] && awaddr_i == 16'(vta_pkg::REG_INTERRUPT_ENABLE);
  assign write_address = write && awaddr_i == 16'(vta_pkg::REG_PROGRAM_ADDRESS);
  assign write_count = write && awaddr_i == 16'(vta_pkg::REG_PROGRAM_COUNT);

  logic [31:0] address_q, count_q;
  logic start_q, stop_q, was_running_q, done_q, enable_q, pending_q, ended;

  assign ended = was_running_q && !running_i;

  always_ff @(posedge clk_i) begin
    for (int i = 0; i < 4; i++) begin
      if (write_address && wstrb_i[i]) address_q[8*i+:8] <= wdata_i[8*i+:8];
      if (write_count && wstrb_i[i]) count_q[8*i+:8] <= wdata_i[8*i+:8];
    end
    if (rst_i) begin
      bvalid_q <= 1'b0;
      start_q <= 1'b0;
      stop_q <= 1'b0;
      was_running_q <= 1'b0;
      done_q <= 1'b0;
      enable_q <= 1'b0;
      pending_q <= 1'b0;
    end else begin
      if (write) bvalid_q <= 1'b1;
      else if (bready_i) bvalid_q <= 1'b0;
      start_q <= write_control && wdata_i[0] && !running_i && !start_q;
      stop_q <= write_control && wdata_i[1];
      was_running_q <= running_i;
      if (start_q) done_q <= 1'b0;
      else if (ended) done_q <= 1'b1;
      if (write_enable) enable_q <= wdata_i[0];
      if (ended) pending_q <= 1'b1;
      else if (write_status && wdata_i[0]) pending_q <= 1'b0;
    end
  end

  initial begin
    bvalid_q = 1'b0;
    start_q = 1'b0;
    stop_q = 1'b0;
    was_running_q = 1'b0;
    done_q = 1'b0;
    enable_q = 1'b0;
    pending_q = 1'b0;
  end

  assign start_o = start_q;
  assign stop_o = stop_q;
  assign address_o = address_q;
  assign count_o = count_q;
  assign irq_o = pending_q && enable_q;

  // Counters, as 64 bits each.

  logic read_q;               // an address is in read_address_q, the counters' data are here
  logic [9:0] read_address_q, read_address;
  logic [63:0] cycles, cause_count;

  assign read_address = araddr_i[9:0];

  generate
    if (vta_pkg::COUNTER_W > 0) begin : gen_counters
      localparam int UnitLsb = $clog2(vta_pkg::REG_COUNTER_UNIT);
      logic [vta_pkg::COUNTER_W-1:0] cycles_q;
      logic [4*vta_pkg::COUNTER_W-1:0] counts;
      always_ff @(posedge clk_i) begin
        if (start_q) cycles_q <= '0;
        else if (running_i) cycles_q <= cycles_q + 1'b1;
      end
      for (genvar unit = 0; unit < 4; unit++) begin : gen_unit
        vta_counters #(.Width(vta_pkg::COUNTER_W)) counters (
          .clk_i, .clear_i(start_q || rst_i), .count_i(running_i), .cause_i(cause_i[4*unit+:4]),
          .raddr_i(read_address[6:3]), .rdata_o(counts[unit*vta_pkg::COUNTER_W+:vta_pkg::COUNTER_W])
        );
      end
      assign cycles = 64'(cycles_q);
      always_comb begin
        cause_count = '0;
        for (int unit = 0; unit < 4; unit++) begin
          if (read_address_q[UnitLsb+:2] == unit[1:0]) begin
            cause_count = 64'(counts[unit*vta_pkg::COUNTER_W+:vta_pkg::COUNTER_W]);
          end
        end
      end
    end else begin : gen_no_counters
      /* verilator lint_off UNUSEDSIGNAL */
      logic [15:0] unused_cause;
      /* verilator lint_on UNUSEDSIGNAL */
      assign unused_cause = cause_i;
      assign cycles = '0;
      assign cause_count = '0;
    end
  endgenerate

  // Reads: an address is taken at t, its data are there at t + 2.

  logic rvalid_q, beyond_q;
  logic [31:0] rdata_q, value;

  assign arready_o = !read_q && !rvalid_q;
  assign rvalid_o = rvalid_q;
  assign rdata_o = rdata_q;

  always_comb begin
    value = '0;
    case (read_address_q)
      10'(vta_pkg::REG_IDENTITY):          value = vta_pkg::VALUE_IDENTITY;
      10'(vta_pkg::REG_VERSION):           value = vta_pkg::VALUE_VERSION;
      10'(vta_pkg::REG_FINGERPRINT_LOW):   value = vta_pkg::VALUE_FINGERPRINT_LOW;
      10'(vta_pkg::REG_FINGERPRINT_HIGH):  value = vta_pkg::VALUE_FINGERPRINT_HIGH;
      10'(vta_pkg::REG_SHAPE):             value = vta_pkg::VALUE_SHAPE;
      10'(vta_pkg::REG_TYPES):             value = vta_pkg::VALUE_TYPES;
      10'(vta_pkg::REG_DEPTHS):            value = vta_pkg::VALUE_DEPTHS;
      10'(vta_pkg::REG_OPERATIONS):        value = vta_pkg::VALUE_OPERATIONS;
      10'(vta_pkg::REG_LANES):             value = vta_pkg::VALUE_LANES;
      10'(vta_pkg::REG_WIDTHS):            value = vta_pkg::VALUE_WIDTHS;
      10'(vta_pkg::REG_QUEUES):            value = vta_pkg::VALUE_QUEUES;
      10'(vta_pkg::REG_COUNTERS):          value = vta_pkg::VALUE_COUNTERS;
      10'(vta_pkg::REG_STATUS):            value = {29'd0, fault_code_i != '0, done_q, running_i};
      10'(vta_pkg::REG_INTERRUPT_ENABLE):  value = {31'd0, enable_q};
      10'(vta_pkg::REG_INTERRUPT_STATUS):  value = {31'd0, pending_q};
      10'(vta_pkg::REG_PROGRAM_ADDRESS):   value = address_q;
      10'(vta_pkg::REG_PROGRAM_COUNT):     value = count_q;
      10'(vta_pkg::REG_FAULT_CODE):        value = {28'd0, fault_code_i};
      10'(vta_pkg::REG_FAULT_INSTRUCTION): value = fault_number_i;
      10'(vta_pkg::REG_CYCLES_LOW):        value = cycles[31:0];
      10'(vta_pkg::REG_CYCLES_HIGH):       value = cycles[63:32];
      default: begin
        if (read_address_q >= 10'(vta_pkg::REG_COUNTER_BASE)) begin
          value = read_address_q[2] ? cause_count[63:32] : cause_count[31:0];
        end
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (arvalid_i && arready_o) begin
      read_address_q <= read_address;
      beyond_q <= araddr_i[15:10] != '0;
    end
    if (read_q) rdata_q <= beyond_q ? '0 : value;
    if (rst_i) begin
      read_q <= 1'b0;
      rvalid_q <= 1'b0;
    end else begin
      read_q <= arvalid_i && arready_o;
      if (read_q) rvalid_q <= 1'b1;
      else if (rready_i) rvalid_q <= 1'b0;
    end
  end

  initial begin
    read_q = 1'b0;
    rvalid_q = 1'b0;
  end

`ifdef VTA_ASSERT
  logic held_q;
  logic [31:0] data_before_q;
  initial held_q = 1'b0;
  always_ff @(posedge clk_i) begin
    held_q <= rvalid_q && !rready_i && !rst_i;
    data_before_q <= rdata_q;
    if (held_q && !rst_i) begin
      waiting_read_data_stay: assert (rvalid_q && rdata_q == data_before_q);
    end
  end
`endif

endmodule

`default_nettype wire
