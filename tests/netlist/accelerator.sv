// The accelerator (DUT: its RTL or a netlist) between a host and a memory that makes it wait now and then: runs the
// program of +count instructions at +address, reads the registers, and ends. Of the memory's 2^20 bytes, to which
// addresses wrap, the words that are not zero come from memory.txt and go to after.txt. All outputs of every cycle
// after the reset go to outputs.txt, whose first line names them.
`default_nettype none
`timescale 1ns / 1ps

module bench;

  localparam int BusW = vta_pkg::BUS_W;
  localparam int WordLsb = $clog2(BusW / 8);
  localparam int Words = 1 << (20 - WordLsb);
  localparam int CycleLimit = 20000;

  logic clk_i, rst_ni;
  logic [15:0] axil_awaddr_i, axil_araddr_i;
  logic axil_awvalid_i, axil_awready_o, axil_wvalid_i, axil_wready_o, axil_bvalid_o, axil_bready_i;
  logic axil_arvalid_i, axil_arready_o, axil_rvalid_o, axil_rready_i;
  logic [31:0] axil_wdata_i, axil_rdata_o;
  logic [3:0] axil_wstrb_i;
  logic [1:0] axil_bresp_o, axil_rresp_o;
  logic [31:0] axi_araddr_o, axi_awaddr_o;
  logic [7:0] axi_arlen_o, axi_awlen_o;
  logic [2:0] axi_arsize_o, axi_awsize_o;
  logic [1:0] axi_arburst_o, axi_awburst_o, axi_rresp_i, axi_bresp_i;
  logic axi_arvalid_o, axi_arready_i, axi_rlast_i, axi_rvalid_i, axi_rready_o;
  logic axi_awvalid_o, axi_awready_i, axi_wlast_o, axi_wvalid_o, axi_wready_i, axi_bvalid_i, axi_bready_o;
  logic [BusW-1:0] axi_rdata_i, axi_wdata_o;
  logic [BusW/8-1:0] axi_wstrb_o;
  logic irq_o;
  logic [6:0] event_o;
  logic [15:0] cause_o;

  `DUT dut (.*);

  // Memory: bursts one after another, in the order of their addresses.

  logic [BusW-1:0] memory [Words];
  logic [31:0] read_address [128], write_address [128];
  logic [7:0] read_length [128];
  logic [6:0] read_head, read_tail, write_head, write_tail, answers;
  logic [7:0] read_beat, write_beat;
  logic read_taken, answer_taken;  // before the last edge
  integer seed;

  function automatic logic [19-WordLsb:0] word(input logic [31:0] address, input logic [7:0] beat);
    word = address[19:WordLsb] + beat;
  endfunction

  task memory_inputs;
    begin
      axi_arready_i = $random(seed) % 4 != 0;
      axi_awready_i = $random(seed) % 4 != 0;
      axi_wready_i = write_head != write_tail && $random(seed) % 4 != 0;
      if (read_taken) axi_rvalid_i = 1'b0;
      if (answer_taken) axi_bvalid_i = 1'b0;
      if (!axi_rvalid_i && read_head != read_tail) axi_rvalid_i = $random(seed) % 4 != 0;
      if (axi_rvalid_i) begin
        axi_rdata_i = memory[word(read_address[read_head], read_beat)];
        axi_rlast_i = read_beat == read_length[read_head];
      end
      if (!axi_bvalid_i && answers != '0) axi_bvalid_i = $random(seed) % 4 != 0;
    end
  endtask

  task memory_outputs;
    begin
      if (axi_arvalid_o && axi_arready_i) begin
        read_address[read_tail] = axi_araddr_o;
        read_length[read_tail] = axi_arlen_o;
        read_tail = read_tail + 1;
      end
      read_taken = axi_rvalid_i && axi_rready_o;
      if (read_taken) begin
        read_beat = axi_rlast_i ? '0 : read_beat + 1;
        if (axi_rlast_i) read_head = read_head + 1;
      end
      answer_taken = axi_bvalid_i && axi_bready_o;
      if (answer_taken) answers = answers - 1;
      if (axi_wvalid_o && axi_wready_i) begin
        for (int i = 0; i < BusW / 8; i++) begin
          if (axi_wstrb_o[i] !== 1'b0) begin
            memory[word(write_address[write_head], write_beat)][8*i+:8] = axi_wdata_o[8*i+:8];
          end
        end
        write_beat = axi_wlast_o ? '0 : write_beat + 1;
        if (axi_wlast_o) begin
          write_head = write_head + 1;
          answers = answers + 1;
        end
      end
      if (axi_awvalid_o && axi_awready_i) begin
        write_address[write_tail] = axi_awaddr_o;
        write_tail = write_tail + 1;
      end
    end
  endtask

  // One cycle: inputs, settled outputs, the edge.

  integer outputs, cycle;
  logic done;  // what the host waits for has been there in this cycle

  task tick;
    begin
      memory_inputs;
      #4 if (rst_ni) $fdisplay(
        outputs, "%b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b %b",
        axil_awready_o, axil_wready_o, axil_bresp_o, axil_bvalid_o, axil_arready_o, axil_rdata_o,
        axil_rresp_o, axil_rvalid_o, axi_araddr_o, axi_arlen_o, axi_arsize_o, axi_arburst_o,
        axi_arvalid_o, axi_rready_o, axi_awaddr_o, axi_awlen_o, axi_awsize_o, axi_awburst_o,
        axi_awvalid_o, axi_wdata_o, axi_wstrb_o, axi_wlast_o, axi_wvalid_o, axi_bready_o, irq_o,
        event_o, cause_o & {16{event_o[6]}});
      done = axil_awvalid_i ? axil_awready_o : axil_arvalid_i ? axil_arready_o
             : axil_bvalid_o || axil_rvalid_o;
      memory_outputs;
      #1 clk_i = 1'b1;
      #5 clk_i = 1'b0;
      cycle = cycle + 1;
      if (cycle > CycleLimit) begin
        $display("no end after %0d cycles", cycle);
        $finish;
      end
    end
  endtask

  task wait_until_done;
    begin
      done = 1'b0;
      while (done !== 1'b1) tick;
    end
  endtask

  task write_register(input logic [15:0] address, input logic [31:0] value);
    begin
      axil_awaddr_i = address;
      axil_wdata_i = value;
      axil_awvalid_i = 1'b1;
      axil_wvalid_i = 1'b1;
      wait_until_done;
      axil_awvalid_i = 1'b0;
      axil_wvalid_i = 1'b0;
      wait_until_done;
    end
  endtask

  task read_register(input logic [15:0] address);
    begin
      axil_araddr_i = address;
      axil_arvalid_i = 1'b1;
      wait_until_done;
      axil_arvalid_i = 1'b0;
      wait_until_done;
    end
  endtask

  integer file, found, index;
  logic [BusW-1:0] value;
  logic [31:0] address, count;

  initial begin
    for (int i = 0; i < Words; i++) memory[i] = '0;
    file = $fopen("memory.txt", "r");
    while ($fscanf(file, "%h %h\n", index, value) == 2) memory[index] = value;
    $fclose(file);
    found = $value$plusargs("address=%d", address);
    found = $value$plusargs("count=%d", count);
    outputs = $fopen("outputs.txt", "w");
    $fdisplay(outputs, "%s",
      {"awready wready bresp bvalid arready rdata rresp rvalid axi_araddr axi_arlen axi_arsize axi_arburst ",
       "axi_arvalid axi_rready axi_awaddr axi_awlen axi_awsize axi_awburst axi_awvalid axi_wdata axi_wstrb ",
       "axi_wlast axi_wvalid axi_bready irq event cause"});

    seed = 1;
    cycle = 0;
    clk_i = 1'b0;
    {axil_awvalid_i, axil_wvalid_i, axil_arvalid_i, axi_rvalid_i, axi_rlast_i, axi_bvalid_i} = '0;
    {axil_awaddr_i, axil_wdata_i, axil_araddr_i, axi_rdata_i, axi_rresp_i, axi_bresp_i} = '0;
    {read_head, read_tail, write_head, write_tail, answers, read_beat, write_beat, read_taken, answer_taken} = '0;
    axil_wstrb_i = 4'hf;
    axil_bready_i = 1'b1;
    axil_rready_i = 1'b1;
    rst_ni = 1'b0;
    repeat (4) tick;
    rst_ni = 1'b1;

    write_register(16'(vta_pkg::REG_INTERRUPT_ENABLE), 32'd1);
    write_register(16'(vta_pkg::REG_PROGRAM_ADDRESS), address);
    write_register(16'(vta_pkg::REG_PROGRAM_COUNT), count);
    write_register(16'(vta_pkg::REG_CONTROL), 32'd1);
    while (irq_o !== 1'b1) tick;
    for (int i = 0; i < vta_pkg::REG_COUNTER_BASE + 4 * vta_pkg::REG_COUNTER_UNIT; i = i + 4) read_register(i[15:0]);
    write_register(16'(vta_pkg::REG_INTERRUPT_STATUS), 32'd1);
    tick;

    file = $fopen("after.txt", "w");
    for (int i = 0; i < Words; i++) begin
      if (memory[i] !== '0) $fdisplay(file, "%h %h", i, memory[i]);
    end
    $finish;
  end

endmodule

`default_nettype wire
