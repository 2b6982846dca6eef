// Yosys techmap for families without a DSP block: a signed multiplication as rows of partial products under ripple
// adders. Where carry chains are part of the logic cells, that takes two thirds of the LUTs of Yosys' own tree of
// full adders (8 x 8 bits on iCE40: 127 for 182). The last row, of the sign bit, is subtracted.
(* techmap_celltype = "$mul" *)
module ripple_mul (A, B, Y);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  input [A_WIDTH-1:0] A;
  input [B_WIDTH-1:0] B;
  output [Y_WIDTH-1:0] Y;

  wire _TECHMAP_FAIL_ = !(A_SIGNED && B_SIGNED && B_WIDTH > 1 && Y_WIDTH == A_WIDTH + B_WIDTH);

  localparam W = A_WIDTH + 1;
  wire [B_WIDTH*W-1:0] sums;  // after each row, without the bits that are final

  genvar k;
  generate
    for (k = 0; k < B_WIDTH; k = k + 1) begin : row
      wire [W-1:0] before, term, sum, x, co;
      assign term = B[k] ? {A[A_WIDTH-1], A} : 0;
      if (k == 0) begin
        assign sum = term;
      end else begin
        assign before = {sums[k*W-1], sums[k*W-1 -: A_WIDTH]};
        \$alu #(
          .A_SIGNED(0), .B_SIGNED(0), .A_WIDTH(W), .B_WIDTH(W), .Y_WIDTH(W)
        ) adder (
          .A(before), .B(term), .CI(k == B_WIDTH - 1), .BI(k == B_WIDTH - 1), .Y(sum), .X(x), .CO(co)
        );
      end
      assign sums[k*W +: W] = sum;
      if (k < B_WIDTH - 1) assign Y[k] = sum[0];
    end
  endgenerate
  assign Y[Y_WIDTH-1:B_WIDTH-1] = sums[(B_WIDTH-1)*W +: W];
endmodule
