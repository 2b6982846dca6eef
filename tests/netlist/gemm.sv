// The MAC array (DUT: its RTL or a netlist) under random operands: writes the outputs of every cycle to
// outputs.txt, whose first line names them.
`default_nettype none
`timescale 1ns / 1ps

module bench;

  localparam int Cycles = 300;

  localparam int InpW = vta_pkg::INP_ENTRIES * vta_pkg::INP_W;

  logic clk_i, mul_i, depthwise_i, add_i, reset_i, overwrite_i;
  logic [InpW-1:0] inp_i;
  logic [vta_pkg::WGT_W-1:0] wgt_i;
  logic [vta_pkg::ACC_W-1:0] base_i;
  logic [vta_pkg::ACC_W-1:0] result_o;

  `DUT dut (.*);

  integer seed, outputs;
  logic smallest;  // all operands are, whose products are the largest

  initial begin
    outputs = $fopen("outputs.txt", "w");
    $fdisplay(outputs, "result_o");
    seed = 1;
    clk_i = 1'b0;
    for (int cycle = 0; cycle < Cycles; cycle++) begin
      smallest = $random(seed) % 8 == 0;
      mul_i = cycle < 16 || $random(seed) % 4 != 0;  // the first sums have no unknown terms
      depthwise_i = $random(seed) % 2 == 0;
      add_i = $random(seed) % 4 != 0;
      reset_i = $random(seed) % 8 == 0;
      overwrite_i = $random(seed) % 4 == 0;
      for (int i = 0; i < InpW; i++) inp_i[i] = $random(seed);
      for (int i = 0; i < vta_pkg::WGT_W; i++) wgt_i[i] = $random(seed);
      for (int i = 0; i < vta_pkg::ACC_W; i++) base_i[i] = $random(seed);
      if (smallest) begin
        for (int i = 0; i < InpW; i++) inp_i[i] = (i + 1) % vta_pkg::INP_BITS == 0;
        for (int i = 0; i < vta_pkg::WGT_W; i++) wgt_i[i] = (i + 1) % vta_pkg::WGT_BITS == 0;
      end
      #4 $fdisplay(outputs, "%b", result_o);
      #1 clk_i = 1'b1;
      #5 clk_i = 1'b0;
    end
    $finish;
  end

endmodule

`default_nettype wire
