// What the cells that Yosys 0.23 brings no model of do, as far as its netlists of the accelerator use them.
`timescale 1ns / 1ps

module MULT18X18D #(
  parameter REG_INPUTA_CLK = "NONE", REG_INPUTB_CLK = "NONE", REG_INPUTC_CLK = "NONE",
  parameter REG_PIPELINE_CLK = "NONE", REG_OUTPUT_CLK = "NONE", SOURCEB_MODE = "B_SHIFT"
) (
  input A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, SIGNEDA, SOURCEA,
  input B0, B1, B2, B3, B4, B5, B6, B7, B8, B9, B10, B11, B12, B13, B14, B15, B16, B17, SIGNEDB, SOURCEB,
  input C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15, C16, C17,
  input CLK0, CLK1, CLK2, CLK3, CE0, CE1, CE2, CE3, RST0, RST1, RST2, RST3,
  output P0, P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14, P15, P16, P17,
  output P18, P19, P20, P21, P22, P23, P24, P25, P26, P27, P28, P29, P30, P31, P32, P33, P34, P35
);
  wire signed [18:0] a = {SIGNEDA & A17, A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0};
  wire signed [18:0] b = {SIGNEDB & B17, B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0};
  wire signed [37:0] p = a * b;
  initial if (REG_INPUTA_CLK != "NONE" || REG_INPUTB_CLK != "NONE" || REG_PIPELINE_CLK != "NONE"
              || REG_OUTPUT_CLK != "NONE") begin
    $display("no model of a MULT18X18D with registers");
    $finish;
  end
  assign {P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18,
          P17, P16, P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0} = p[35:0];
endmodule

module DSP48E2 #(
  parameter ACASCREG = 1, ADREG = 1, ALUMODEREG = 1, AREG = 1, BCASCREG = 1, BREG = 1, CARRYINREG = 1,
  parameter CARRYINSELREG = 1, CREG = 1, DREG = 1, INMODEREG = 1, MREG = 1, OPMODEREG = 1, PREG = 1,
  parameter A_INPUT = "DIRECT", B_INPUT = "DIRECT", AMULTSEL = "A", BMULTSEL = "B", USE_MULT = "MULTIPLY",
  parameter USE_SIMD = "ONE48"
) (
  input signed [29:0] A, ACIN, input signed [17:0] B, BCIN, input [47:0] C, PCIN, input [26:0] D, input CARRYIN,
  input [2:0] CARRYINSEL, input [3:0] ALUMODE, input [4:0] INMODE, input [8:0] OPMODE, output signed [47:0] P
);
  wire signed [26:0] a = A[26:0];
  assign P = a * B;
  initial #1 if (AREG != 0 || BREG != 0 || MREG != 0 || PREG != 0 || OPMODE !== 9'h005) begin
    $display("no model of a DSP48E2 that is more than a multiplier");
    $finish;
  end
endmodule

// A RAM of 32 bits, read without a clock.
module MISTRAL_MLAB (
  input [4:0] A1ADDR, B1ADDR, input A1DATA, A1EN, CLK1, output B1DATA
);
  reg [31:0] mem = 32'b0;
  always @(posedge CLK1) if (A1EN) mem[A1ADDR] <= A1DATA;
  assign B1DATA = mem[B1ADDR];
endmodule

module MISTRAL_M10K #(
  parameter CFG_ABITS = 10, CFG_DBITS = 10
) (
  input [CFG_ABITS-1:0] A1ADDR, B1ADDR, input [CFG_DBITS-1:0] A1DATA, input A1EN, B1EN, CLK1,
  output reg [CFG_DBITS-1:0] B1DATA
);
  reg [CFG_DBITS-1:0] mem [0:(1<<CFG_ABITS)-1];
  integer i;
  initial begin
    B1DATA = 0;
    for (i = 0; i < 1 << CFG_ABITS; i = i + 1) mem[i] = 0;
  end
  always @(posedge CLK1) begin
    if (!A1EN) mem[A1ADDR] <= A1DATA;
    if (B1EN) B1DATA <= mem[B1ADDR];
  end
endmodule
