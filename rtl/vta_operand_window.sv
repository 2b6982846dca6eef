// The scratchpad of inp or wgt and its operand registers, which hold `Entries` elements from the address on: an
// address at t, the elements at t + 2. Elements lie in banks in turn, so that neighbours can be read at once.
`default_nettype none

module vta_operand_window #(
  parameter int Entries = 1,
  parameter int Banks = 1,   // a power of two, at least Entries
  parameter int Lanes = 1,
  parameter int LaneW = 8,
  parameter int Depth = 16,  // a power of two, at least twice Banks
  parameter int ScalarW = 8,
  parameter int HasMin = 0
) (
  input  wire logic                           clk_i,
  input  wire logic                           clear_i,

  input  wire logic [Lanes-1:0]               we_i,
  input  wire logic [$clog2(Depth)-1:0]       waddr_i,
  input  wire logic [LaneW-1:0]               wdata_i,
  input  wire logic                           pad_we_i,
  input  wire logic [$clog2(Depth)-1:0]       pad_addr_i,
  input  wire logic                           pad_min_i,

  input  wire logic [$clog2(Depth)-1:0]       raddr_i,
  output logic      [Entries*Lanes*LaneW-1:0] rdata_o
);

  localparam int ElementW = Lanes * LaneW;
  localparam int BankW = $clog2(Banks);
  localparam int RowW = $clog2(Depth) - BankW;

  generate
    if (Banks == 1) begin : gen_one
      logic [ElementW-1:0] element;
      vta_operand_ram #(.Lanes(Lanes), .LaneW(LaneW), .Depth(Depth), .ScalarW(ScalarW), .HasMin(HasMin)) ram (
        .clk_i, .clear_i, .we_i, .waddr_i, .wdata_i, .pad_we_i, .pad_addr_i, .pad_min_i, .raddr_i,
        .rdata_o(element)
      );
      always_ff @(posedge clk_i) rdata_o <= element;
    end else begin : gen_banks
      logic [Banks*ElementW-1:0] elements;
      for (genvar bank = 0; bank < Banks; bank++) begin : gen_bank
        // The first row at or after the address that this bank has.
        logic [RowW-1:0] row;
        if (bank == Banks - 1) begin : gen_last
          assign row = raddr_i[BankW+:RowW];
        end else begin : gen_before
          assign row = raddr_i[BankW+:RowW] + RowW'(raddr_i[BankW-1:0] > BankW'(bank));
        end
        vta_operand_ram #(
          .Lanes(Lanes), .LaneW(LaneW), .Depth(Depth / Banks), .ScalarW(ScalarW), .HasMin(HasMin)
        ) ram (
          .clk_i, .clear_i, .we_i(waddr_i[BankW-1:0] == BankW'(bank) ? we_i : '0), .waddr_i(waddr_i[BankW+:RowW]),
          .wdata_i, .pad_we_i(pad_we_i && pad_addr_i[BankW-1:0] == BankW'(bank)),
          .pad_addr_i(pad_addr_i[BankW+:RowW]), .pad_min_i, .raddr_i(row),
          .rdata_o(elements[bank*ElementW+:ElementW])
        );
      end

      logic [BankW-1:0] first_q;  // the bank of the first element
      always_ff @(posedge clk_i) first_q <= raddr_i[BankW-1:0];
      for (genvar entry = 0; entry < Entries; entry++) begin : gen_entry
        logic [BankW-1:0] bank;
        assign bank = first_q + BankW'(entry);
        always_ff @(posedge clk_i) begin
          for (int b = 0; b < Banks; b++) begin
            if (bank == BankW'(b)) rdata_o[entry*ElementW+:ElementW] <= elements[b*ElementW+:ElementW];
          end
        end
      end
    end
  endgenerate

endmodule

`default_nettype wire
