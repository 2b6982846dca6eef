// Dot products of one activation row with Outs weight rows (two share their multipliers): a registered stage of
// products, then TREE_STAGES of sums of four. mul_i and sum_i say in which cycle which stage works.
`default_nettype none

module vta_dot #(
  parameter int Outs = 1,
  localparam int In = vta_pkg::BLOCK_IN,
  localparam int XW = vta_pkg::INP_BITS,
  localparam int WW = vta_pkg::WGT_BITS,
  localparam int P = XW + WW,
  localparam int Sum = P + $clog2(In)
) (
  input  wire logic                            clk_i,
  input  wire logic                            mul_i,
  input  wire logic [vta_pkg::TREE_STAGES-1:0] sum_i,
  input  wire logic [In*XW-1:0]                x_i,
  input  wire logic [Outs*In*WW-1:0]           w_i,
  output logic [Outs*Sum-1:0]                  sum_o
);

  // Sums of stage 1 and 2.
  localparam int N1 = (In + 3) / 4;
  localparam int N2 = (N1 + 3) / 4;

  generate
    for (genvar k = 0; k < In; k++) begin : gen_product
      logic [Outs*P-1:0] p;
      if (Outs == 2) begin : gen_pair
        vta_mul_pair #(.XWidth(XW), .WWidth(WW)) mul (
          .clk_i, .en_i(mul_i), .x_i(x_i[k*XW+:XW]), .w0_i(w_i[k*WW+:WW]), .w1_i(w_i[(In+k)*WW+:WW]),
          .p0_o(p[P-1:0]), .p1_o(p[P+:P])
        );
      end else begin : gen_single
        vta_mul #(.XWidth(XW), .YWidth(WW)) mul (
          .clk_i, .en_i(mul_i), .x_i(x_i[k*XW+:XW]), .y_i(w_i[k*WW+:WW]), .p_o(p)
        );
      end
    end

    for (genvar o = 0; o < Outs; o++) begin : gen_out
      for (genvar k = 0; k < In; k++) begin : gen_term
        logic signed [P-1:0] p;
        assign p = gen_product[k].p[o*P+:P];
      end

      for (genvar j = 0; j < N1; j++) begin : gen_sum1
        localparam int W = In >= 4 ? P + 2 : P + 1;
        logic signed [W-1:0] s;
        if (In >= 4) begin : gen_four
          always_ff @(posedge clk_i) begin
            if (sum_i[0]) begin
              s <= (W'(gen_term[4*j].p) + W'(gen_term[4*j+1].p))
                   + (W'(gen_term[4*j+2].p) + W'(gen_term[4*j+3].p));
            end
          end
        end else begin : gen_two
          always_ff @(posedge clk_i) if (sum_i[0]) s <= W'(gen_term[0].p) + W'(gen_term[1].p);
        end
      end

      if (N1 == 1) begin : gen_one_stage
        assign sum_o[o*Sum+:Sum] = gen_sum1[0].s;
      end else begin : gen_stages
        for (genvar j = 0; j < N2; j++) begin : gen_sum2
          localparam int W = N1 >= 4 ? P + 4 : P + 3;
          logic signed [W-1:0] s;
          if (N1 >= 4) begin : gen_four
            always_ff @(posedge clk_i) begin
              if (sum_i[1]) begin
                s <= (W'(gen_sum1[4*j].s) + W'(gen_sum1[4*j+1].s))
                     + (W'(gen_sum1[4*j+2].s) + W'(gen_sum1[4*j+3].s));
              end
            end
          end else begin : gen_two
            always_ff @(posedge clk_i) if (sum_i[1]) s <= W'(gen_sum1[0].s) + W'(gen_sum1[1].s);
          end
        end

        if (N2 == 1) begin : gen_two_stages
          assign sum_o[o*Sum+:Sum] = gen_sum2[0].s;
        end else begin : gen_sum3
          logic signed [Sum-1:0] s;
          if (N2 == 4) begin : gen_four
            always_ff @(posedge clk_i) begin
              if (sum_i[2]) begin
                s <= (Sum'(gen_sum2[0].s) + Sum'(gen_sum2[1].s)) + (Sum'(gen_sum2[2].s) + Sum'(gen_sum2[3].s));
              end
            end
          end else begin : gen_two
            always_ff @(posedge clk_i) if (sum_i[2]) s <= Sum'(gen_sum2[0].s) + Sum'(gen_sum2[1].s);
          end
          assign sum_o[o*Sum+:Sum] = s;
        end
      end
    end
  endgenerate

endmodule

`default_nettype wire
