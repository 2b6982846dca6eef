// A unit's queue of instructions, each with its number. Of an instruction it holds only the bits of Keep, those
// of fields that the unit uses; the others read as 0.
`default_nettype none

module vta_command_queue #(
  parameter logic [vta_pkg::INSN_W-1:0] Keep = '1
) (
  input  wire logic                         clk_i,
  input  wire logic                         clear_i,
  input  wire logic                         push_i,
  /* verilator lint_off UNUSEDSIGNAL */  // only some fields
  input  wire logic [vta_pkg::INSN_W-1:0]   insn_i,
  /* verilator lint_on UNUSEDSIGNAL */
  input  wire logic [vta_pkg::NUMBER_W-1:0] number_i,
  input  wire logic                         pop_i,
  output logic                              valid_o,
  output logic [vta_pkg::INSN_W-1:0]        insn_o,
  output logic [vta_pkg::NUMBER_W-1:0]      number_o,
  output logic                              full_o,
  output logic                              empty_o  // nothing in the queue, visible or not
);

  localparam int InsnW = vta_pkg::INSN_W;
  localparam int CountW = $clog2(vta_pkg::COMMAND_DEPTH) + 1;

  // Kept bits below `bits`.
  function automatic int kept(input int bits);
    kept = 0;
    for (int i = 0; i < bits; i++) if (Keep[i]) kept = kept + 1;
  endfunction
  localparam int KeptW = kept(InsnW);

  logic [KeptW-1:0] pushed, head;
  logic [CountW-1:0] count;

  generate
    for (genvar i = 0; i < InsnW; i++) begin : gen_bit
      if (Keep[i]) begin : gen_kept
        localparam int At = kept(i);
        assign pushed[At] = insn_i[i];
        assign insn_o[i] = head[At];
      end else begin : gen_zero
        assign insn_o[i] = 1'b0;
      end
    end
  endgenerate

  vta_ram_fifo #(.Width(vta_pkg::NUMBER_W + KeptW), .Depth(vta_pkg::COMMAND_DEPTH)) commands (
    .clk_i, .clear_i, .push_i, .data_i({number_i, pushed}), .pop_i, .valid_o, .data_o({number_o, head}),
    .count_o(count)
  );
  assign full_o = count == CountW'(vta_pkg::COMMAND_DEPTH);
  assign empty_o = count == '0;

endmodule

`default_nettype wire
