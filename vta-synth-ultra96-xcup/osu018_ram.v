// Yosys techmap for the timing of a netlist in standard cells: each pin of a RAM is that of a flip-flop, so that the
// paths to and from the RAMs, which are macros of another kind, count like those between registers.
module pins (clk_i, inputs, outputs);
  parameter I = 1;
  parameter O = 1;
  input clk_i;
  input [I-1:0] inputs;
  output [O-1:0] outputs;

  genvar k;
  generate
    for (k = 0; k < I; k = k + 1) begin : in
      DFFPOSX1 pin (.CLK(clk_i), .D(inputs[k]));
    end
    for (k = 0; k < O; k = k + 1) begin : out
      DFFPOSX1 pin (.CLK(clk_i), .D(outputs[k]), .Q(outputs[k]));
    end
  endgenerate
endmodule

(* techmap_celltype = "vta_ram" *)
module ram (clk_i, we_i, waddr_i, wdata_i, re_i, raddr_i, rdata_o);
  parameter Width = 8;
  parameter Depth = 2;
  localparam A = $clog2(Depth);
  input clk_i, we_i, re_i;
  input [A-1:0] waddr_i, raddr_i;
  input [Width-1:0] wdata_i;
  output [Width-1:0] rdata_o;

  pins #(.I(2*A + Width + 2), .O(Width)) pins (clk_i, {we_i, re_i, waddr_i, raddr_i, wdata_i}, rdata_o);
endmodule

(* techmap_celltype = "vta_flag_ram" *)
module flag_ram (clk_i, we_i, waddr_i, wdata_i, raddr_i, rdata_o);
  parameter Depth = 2;
  localparam A = $clog2(Depth);
  input clk_i, we_i, wdata_i;
  input [A-1:0] waddr_i, raddr_i;
  output rdata_o;

  pins #(.I(2*A + 2), .O(1)) pins (clk_i, {we_i, wdata_i, waddr_i, raddr_i}, rdata_o);
endmodule
