// A FIFO in a synchronous RAM, whose output register holds the head: entry i is at the head from
// max(push(i) + 2, pop(i - 1) + 1). The count includes the output register.
`default_nettype none

module vta_ram_fifo #(
  parameter int Width = 8,
  parameter int Depth = 64  // a power of two
) (
  input  wire logic             clk_i,
  input  wire logic             clear_i,
  input  wire logic             push_i,
  input  wire logic [Width-1:0] data_i,
  input  wire logic             pop_i,
  output logic                  valid_o,
  output logic [Width-1:0]      data_o,
  output logic [$clog2(Depth):0] count_o
);

  localparam int PtrW = $clog2(Depth);

  logic [PtrW:0] count_q;  // all entries
  logic valid_q;           // the output register holds one
  logic waiting, fetch;

  initial begin
    count_q = '0;
    valid_q = 1'b0;
  end

  assign waiting = count_q > (PtrW+1)'(valid_q);
  assign fetch = waiting && (!valid_q || pop_i);
  assign valid_o = valid_q;
  assign count_o = count_q;

  generate
    if (Depth == 1) begin : gen_one
      logic [Width-1:0] data_q;
      always_ff @(posedge clk_i) if (push_i) data_q <= data_i;
      assign data_o = data_q;
    end else if (Depth == 2) begin : gen_two  // one waits at most
      logic [Width-1:0] waiting_q, data_q;
      always_ff @(posedge clk_i) begin
        if (push_i) waiting_q <= data_i;
        if (fetch) data_q <= waiting_q;
      end
      assign data_o = data_q;
    end else begin : gen_ram
      logic [PtrW-1:0] head_q, tail_q;
      initial begin
        head_q = '0;
        tail_q = '0;
      end
      always_ff @(posedge clk_i) begin
        if (clear_i) begin
          head_q <= '0;
          tail_q <= '0;
        end else begin
          if (push_i) tail_q <= tail_q + 1'b1;
          if (fetch) head_q <= head_q + 1'b1;
        end
      end
      vta_ram #(.Width(Width), .Depth(Depth)) entries (
        .clk_i, .we_i(push_i), .waddr_i(tail_q), .wdata_i(data_i), .re_i(fetch), .raddr_i(head_q), .rdata_o(data_o)
      );
`ifdef VTA_ASSERT
      always_ff @(posedge clk_i) begin
        if (!clear_i) begin
          the_count_is_the_distance_of_the_pointers:
            assert (PtrW'(tail_q - head_q) == PtrW'(count_q - (PtrW + 1)'(valid_q)));
        end
      end
`endif
    end
  endgenerate

  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      count_q <= '0;
      valid_q <= 1'b0;
    end else begin
      if (fetch) valid_q <= 1'b1;
      else if (pop_i) valid_q <= 1'b0;
      if (push_i && !pop_i) count_q <= count_q + 1'b1;
      if (pop_i && !push_i) count_q <= count_q - 1'b1;
    end
  end

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (!clear_i) begin
      no_push_beyond_the_depth: assert (!(push_i && 32'(count_q) == Depth));
      no_pop_of_nothing: assert (!pop_i || valid_q);
      never_more_than_the_depth: assert (32'(count_q) <= Depth);
      the_output_register_is_counted: assert (!valid_q || count_q != '0);
    end
  end
`endif

endmodule

`default_nettype wire
