// The accelerator without its registers: fetch, the three units, their command and token queues, the read
// arbiter and the scratchpads; when a run ends, and in which fault.
`default_nettype none

module vta_core (
  input  wire logic                        clk_i,
  input  wire logic                        rst_i,

  input  wire logic                        start_i,    // ignored while running
  input  wire logic                        stop_i,
  input  wire logic [31:0]                 address_i,  // of the program, bytes
  input  wire logic [31:0]                 count_i,    // its instructions
  output logic                             running_o,
  output logic [3:0]                       fault_code_o,
  output logic [31:0]                      fault_number_o,

  output logic [31:0]                      araddr_o,
  output logic [7:0]                       arlen_o,
  output logic                             arvalid_o,
  input  wire logic                        arready_i,
  input  wire logic [vta_pkg::BUS_W-1:0]   rdata_i,
  /* verilator lint_off UNUSEDSIGNAL */  // bit 1 tells errors
  input  wire logic [1:0]                  rresp_i,
  /* verilator lint_on UNUSEDSIGNAL */
  input  wire logic                        rlast_i,
  input  wire logic                        rvalid_i,
  output logic                             rready_o,
  output logic [31:0]                      awaddr_o,
  output logic [7:0]                       awlen_o,
  output logic                             awvalid_o,
  input  wire logic                        awready_i,
  output logic [vta_pkg::BUS_W-1:0]        wdata_o,
  output logic [vta_pkg::BUS_W/8-1:0]      wstrb_o,
  output logic                             wlast_o,
  output logic                             wvalid_o,
  input  wire logic                        wready_i,
  input  wire logic [1:0]                  bresp_i,
  input  wire logic                        bvalid_i,  // always taken

  output logic [5:0]                       event_o,   // {store, compute, load} x {end, start}
  output logic [15:0]                      cause_o    // of this cycle: {store, compute, load, fetch}
);

  // Numbers of the units: those of the command queues and, with fetch before them, of the causes.
  localparam int Load = 0;
  localparam int Compute = 1;
  localparam int Store = 2;
  localparam int NumberW = vta_pkg::NUMBER_W;

  logic clear, halt, running_q;
  assign clear = rst_i || (start_i && !running_q);

  // Fetch and the command queues.

  logic [2:0] fetch_push, queue_full, queue_empty, cmd_valid, cmd_pop;
  logic [vta_pkg::INSN_W-1:0] fetch_insn;
  logic [NumberW-1:0] fetch_number;
  logic fetch_done, fetch_blocked;
  logic [3*vta_pkg::INSN_W-1:0] cmd_insn;
  logic [3*NumberW-1:0] cmd_number;

  generate
    for (genvar unit = 0; unit < 3; unit++) begin : gen_queue
      vta_command_queue #(.Keep(unit == Compute ? vta_pkg::FIELDS_COMPUTE : vta_pkg::FIELDS_MEMORY)) commands (
        .clk_i, .clear_i(clear), .push_i(fetch_push[unit]), .insn_i(fetch_insn), .number_i(fetch_number),
        .pop_i(cmd_pop[unit]), .valid_o(cmd_valid[unit]), .insn_o(cmd_insn[unit*vta_pkg::INSN_W+:vta_pkg::INSN_W]),
        .number_o(cmd_number[unit*NumberW+:NumberW]), .full_o(queue_full[unit]), .empty_o(queue_empty[unit])
      );
    end
  endgenerate

  // Token queues, by the units between which tokens pass.

  logic load_to_compute_push, load_to_compute_pop, load_to_compute_valid, load_to_compute_overflow;
  logic compute_to_load_push, compute_to_load_pop, compute_to_load_valid, compute_to_load_overflow;
  logic compute_to_store_push, compute_to_store_pop, compute_to_store_valid, compute_to_store_overflow;
  logic store_to_compute_push, store_to_compute_pop, store_to_compute_valid, store_to_compute_overflow;

  vta_token_queue #(.Depth(vta_pkg::TOKEN_DEPTH)) load_to_compute (
    .clk_i, .clear_i(clear), .push_i(load_to_compute_push), .pop_i(load_to_compute_pop),
    .valid_o(load_to_compute_valid), .overflow_o(load_to_compute_overflow)
  );
  vta_token_queue #(.Depth(vta_pkg::TOKEN_DEPTH)) compute_to_load (
    .clk_i, .clear_i(clear), .push_i(compute_to_load_push), .pop_i(compute_to_load_pop),
    .valid_o(compute_to_load_valid), .overflow_o(compute_to_load_overflow)
  );
  vta_token_queue #(.Depth(vta_pkg::TOKEN_DEPTH)) compute_to_store (
    .clk_i, .clear_i(clear), .push_i(compute_to_store_push), .pop_i(compute_to_store_pop),
    .valid_o(compute_to_store_valid), .overflow_o(compute_to_store_overflow)
  );
  vta_token_queue #(.Depth(vta_pkg::TOKEN_DEPTH)) store_to_compute (
    .clk_i, .clear_i(clear), .push_i(store_to_compute_push), .pop_i(store_to_compute_pop),
    .valid_o(store_to_compute_valid), .overflow_o(store_to_compute_overflow)
  );

  // Reads.

  logic [2:0] req_valid, req_grant, beat_valid, beat_ready;
  /* verilator lint_off UNUSEDSIGNAL */
  logic [2:0] other_beat;  // the load unit alone asks
  /* verilator lint_on UNUSEDSIGNAL */
  logic [3*32-1:0] req_addr;
  logic [3*5-1:0] req_len;
  logic reads_idle;

  vta_read_arbiter #(.Outstanding(vta_pkg::OUTSTANDING)) arbiter (
    .clk_i, .clear_i(clear), .halt_i(halt),
    .req_valid_i(req_valid), .req_addr_i(req_addr), .req_len_i(req_len), .req_grant_o(req_grant),
    .araddr_o, .arlen_o, .arvalid_o, .arready_i, .rlast_i, .rvalid_i, .rready_o,
    .beat_valid_o(beat_valid), .beat_ready_i(beat_ready), .other_o(other_beat),
    .idle_o(reads_idle)
  );

  logic fetch_fault, load_fault, compute_fault, store_fault;
  logic [3:0] fetch_code, load_code, compute_code, store_code;
  logic [NumberW-1:0] load_number, compute_number, store_number;  // of the fault, or the instruction that ends
  logic load_waits, compute_waits, store_waits, load_idle, compute_idle, store_idle;

  vta_fetch fetch (
    .clk_i, .clear_i(clear), .running_i(running_q), .halt_i(halt), .address_i, .count_i,
    .req_valid_o(req_valid[0]), .req_addr_o(req_addr[31:0]), .req_len_o(req_len[4:0]),
    .req_grant_i(req_grant[0]), .r_valid_i(beat_valid[0]), .r_data_i(rdata_i), .r_error_i(rresp_i[1]),
    .push_o(fetch_push), .insn_o(fetch_insn), .number_o(fetch_number), .full_i(queue_full),
    .done_o(fetch_done), .blocked_o(fetch_blocked),
    .fault_valid_o(fetch_fault), .fault_code_o(fetch_code), .cause_o(cause_o[3:0])
  );
  assign beat_ready[1:0] = 2'b11;

  // Load and its scratchpads.

  localparam int InpLanes = vta_pkg::INP_W > vta_pkg::BUS_W ? vta_pkg::INP_W / vta_pkg::BUS_W : 1;
  localparam int WgtLanes = vta_pkg::WGT_W > vta_pkg::BUS_W ? vta_pkg::WGT_W / vta_pkg::BUS_W : 1;
  localparam int InpLaneW = vta_pkg::INP_W / InpLanes;
  localparam int WgtLaneW = vta_pkg::WGT_W / WgtLanes;

  logic [InpLanes-1:0] inp_we;
  logic [InpLaneW-1:0] inp_wdata;
  logic [WgtLanes-1:0] wgt_we;
  logic [WgtLaneW-1:0] wgt_wdata;
  logic inp_pad_we, wgt_pad_we, load_pad_min;
  /* verilator lint_off UNUSEDSIGNAL */
  logic [15:0] load_waddr, load_pad_addr;  // in range where they are used
  /* verilator lint_on UNUSEDSIGNAL */
  logic [vta_pkg::INP_IDX_W-1:0] inp_raddr;
  logic [vta_pkg::INP_ENTRIES*vta_pkg::INP_W-1:0] inp_rdata;
  logic [vta_pkg::WGT_IDX_W-1:0] wgt_raddr;
  logic [vta_pkg::WGT_W-1:0] wgt_rdata;

  vta_load load (
    .clk_i, .clear_i(clear), .halt_i(halt),
    .cmd_valid_i(cmd_valid[Load]), .cmd_insn_i(cmd_insn[Load*vta_pkg::INSN_W+:vta_pkg::INSN_W]),
    .cmd_number_i(cmd_number[Load*NumberW+:NumberW]), .cmd_empty_i(queue_empty[Load]), .cmd_pop_o(cmd_pop[Load]),
    .token_next_valid_i(compute_to_load_valid), .token_next_pop_o(compute_to_load_pop),
    .token_next_push_o(load_to_compute_push), .fetch_done_i(fetch_done),
    .req_valid_o(req_valid[2]), .req_addr_o(req_addr[95:64]), .req_len_o(req_len[14:10]),
    .req_grant_i(req_grant[2]), .r_valid_i(beat_valid[2]), .r_data_i(rdata_i), .r_error_i(rresp_i[1]),
    .r_ready_o(beat_ready[2]), .r_other_i(other_beat[2]),
    .inp_we_o(inp_we), .inp_wdata_o(inp_wdata), .inp_pad_we_o(inp_pad_we),
    .wgt_we_o(wgt_we), .wgt_wdata_o(wgt_wdata), .wgt_pad_we_o(wgt_pad_we),
    .waddr_o(load_waddr), .pad_addr_o(load_pad_addr), .pad_min_o(load_pad_min),
    .fault_valid_o(load_fault), .fault_code_o(load_code), .number_o(load_number),
    .event_start_o(event_o[0]), .event_end_o(event_o[1]), .cause_o(cause_o[7:4]),
    .waits_for_token_o(load_waits), .idle_o(load_idle)
  );

  vta_operand_window #(
    .Entries(vta_pkg::INP_ENTRIES), .Banks(vta_pkg::INP_BANKS), .Lanes(InpLanes), .LaneW(InpLaneW),
    .Depth(vta_pkg::INP_DEPTH), .ScalarW(vta_pkg::INP_BITS), .HasMin(1)
  ) inp (
    .clk_i, .clear_i(clear), .we_i(inp_we), .waddr_i(load_waddr[vta_pkg::INP_IDX_W-1:0]), .wdata_i(inp_wdata),
    .pad_we_i(inp_pad_we), .pad_addr_i(load_pad_addr[vta_pkg::INP_IDX_W-1:0]), .pad_min_i(load_pad_min),
    .raddr_i(inp_raddr), .rdata_o(inp_rdata)
  );
  vta_operand_window #(
    .Lanes(WgtLanes), .LaneW(WgtLaneW), .Depth(vta_pkg::WGT_DEPTH), .ScalarW(vta_pkg::WGT_BITS)
  ) wgt (
    .clk_i, .clear_i(clear), .we_i(wgt_we), .waddr_i(load_waddr[vta_pkg::WGT_IDX_W-1:0]), .wdata_i(wgt_wdata),
    .pad_we_i(wgt_pad_we), .pad_addr_i(load_pad_addr[vta_pkg::WGT_IDX_W-1:0]), .pad_min_i(1'b0),
    .raddr_i(wgt_raddr), .rdata_o(wgt_rdata)
  );

  // Compute, which has uop and acc inside.

  logic finish;
  logic out_we, out_re;
  logic [vta_pkg::ACC_IDX_W-1:0] out_waddr, out_raddr;
  logic [vta_pkg::OUT_W-1:0] out_wdata, out_rdata;

  vta_compute compute (
    .clk_i, .clear_i(clear), .halt_i(halt),
    .cmd_valid_i(cmd_valid[Compute]), .cmd_insn_i(cmd_insn[Compute*vta_pkg::INSN_W+:vta_pkg::INSN_W]),
    .cmd_number_i(cmd_number[Compute*NumberW+:NumberW]), .cmd_empty_i(queue_empty[Compute]),
    .cmd_pop_o(cmd_pop[Compute]),
    .token_prev_valid_i(load_to_compute_valid), .token_prev_pop_o(load_to_compute_pop),
    .token_prev_push_o(compute_to_load_push),
    .token_next_valid_i(store_to_compute_valid), .token_next_pop_o(store_to_compute_pop),
    .token_next_push_o(compute_to_store_push),
    .fetch_done_i(fetch_done), .others_idle_i(load_idle && store_idle), .finish_o(finish),
    .req_valid_o(req_valid[1]), .req_addr_o(req_addr[63:32]), .req_len_o(req_len[9:5]),
    .req_grant_i(req_grant[1]), .r_valid_i(beat_valid[1]), .r_data_i(rdata_i), .r_error_i(rresp_i[1]),
    .inp_raddr_o(inp_raddr), .inp_rdata_i(inp_rdata), .wgt_raddr_o(wgt_raddr), .wgt_rdata_i(wgt_rdata),
    .out_we_o(out_we), .out_waddr_o(out_waddr), .out_wdata_o(out_wdata),
    .fault_valid_o(compute_fault), .fault_code_o(compute_code), .number_o(compute_number),
    .event_start_o(event_o[2]), .event_end_o(event_o[3]), .cause_o(cause_o[11:8]),
    .waits_for_token_o(compute_waits), .idle_o(compute_idle)
  );

  // Store and the mirror of the accumulators that it reads.

  vta_ram #(.Width(vta_pkg::OUT_W), .Depth(vta_pkg::ACC_DEPTH)) out (
    .clk_i, .we_i(out_we), .waddr_i(out_waddr), .wdata_i(out_wdata), .re_i(out_re), .raddr_i(out_raddr),
    .rdata_o(out_rdata)
  );

  logic writes_idle;

  vta_store store (
    .clk_i, .clear_i(clear), .halt_i(halt),
    .cmd_valid_i(cmd_valid[Store]), .cmd_insn_i(cmd_insn[Store*vta_pkg::INSN_W+:vta_pkg::INSN_W]),
    .cmd_number_i(cmd_number[Store*NumberW+:NumberW]), .cmd_empty_i(queue_empty[Store]), .cmd_pop_o(cmd_pop[Store]),
    .token_prev_valid_i(compute_to_store_valid), .token_prev_pop_o(compute_to_store_pop),
    .token_prev_push_o(store_to_compute_push), .fetch_done_i(fetch_done),
    .out_re_o(out_re), .out_raddr_o(out_raddr), .out_rdata_i(out_rdata),
    .awaddr_o, .awlen_o, .awvalid_o, .awready_i, .wdata_o, .wstrb_o, .wlast_o, .wvalid_o, .wready_i,
    .bvalid_i, .bresp_i,
    .fault_valid_o(store_fault), .fault_code_o(store_code), .number_o(store_number),
    .event_start_o(event_o[4]), .event_end_o(event_o[5]), .cause_o(cause_o[15:12]),
    .waits_for_token_o(store_waits), .idle_o(store_idle), .bus_idle_o(writes_idle)
  );

  // Deadlock: every unit waits for a token or has nothing, and nothing is on its way that would help.

  logic deadlock;
  assign deadlock = (load_waits || load_idle) && (compute_waits || compute_idle) && (store_waits || store_idle)
      && (load_waits || compute_waits || store_waits) && (fetch_done || fetch_blocked);

  // Faults: the first in time, at one time the lowest unit; then the run is halted, and ends when nothing
  // is outstanding.

  localparam int FromFetch = 0;
  localparam int FromLoad = 1;
  localparam int FromCompute = 2;
  localparam int FromStore = 3;
  localparam int FromHeads = 4;  // of the command queues: the first that waits

  logic [3:0] fault_q, code;
  logic [2:0] from;

  always_comb begin
    code = 4'(vta_pkg::FAULT_NONE);
    from = 3'(FromFetch);
    if (fetch_fault) code = fetch_code;
    else if (load_fault) begin
      code = load_code;
      from = 3'(FromLoad);
    end else if (load_to_compute_overflow) begin
      code = 4'(vta_pkg::FAULT_TOKEN_OVERFLOW);
      from = 3'(FromLoad);
    end else if (compute_fault) begin
      code = compute_code;
      from = 3'(FromCompute);
    end else if (compute_to_load_overflow || compute_to_store_overflow) begin
      code = 4'(vta_pkg::FAULT_TOKEN_OVERFLOW);
      from = 3'(FromCompute);
    end else if (store_fault) begin
      code = store_code;
      from = 3'(FromStore);
    end else if (store_to_compute_overflow) begin
      code = 4'(vta_pkg::FAULT_TOKEN_OVERFLOW);
      from = 3'(FromStore);
    end else if (deadlock) begin
      code = 4'(vta_pkg::FAULT_DEADLOCK);
      from = 3'(FromHeads);
    end else if (stop_i) code = 4'(vta_pkg::FAULT_STOPPED);
  end

  assign halt = fault_q != 4'(vta_pkg::FAULT_NONE);

  always_ff @(posedge clk_i) begin
    if (clear) fault_q <= 4'(vta_pkg::FAULT_NONE);
    else if (running_q && !halt) fault_q <= code;
    if (rst_i) running_q <= 1'b0;
    else if (start_i) running_q <= 1'b1;
    else if (halt ? reads_idle && writes_idle : finish) running_q <= 1'b0;
  end

  // The number of the instruction at fault, a cycle after the fault: only the host reads it, and it does not
  // then lie on the way of what finds the fault.

  logic halt_q;
  logic [2:0] from_q, waits_q;
  logic [NumberW-1:0] fetch_number_q, load_number_q, compute_number_q, store_number_q;
  logic [NumberW-1:0] first_waiting, fault_number_q;

  always_comb begin
    first_waiting = '1;
    if (waits_q[Load]) first_waiting = cmd_number[Load*NumberW+:NumberW];
    if (waits_q[Compute] && cmd_number[Compute*NumberW+:NumberW] < first_waiting) first_waiting = cmd_number[Compute*NumberW+:NumberW];
    if (waits_q[Store] && cmd_number[Store*NumberW+:NumberW] < first_waiting) first_waiting = cmd_number[Store*NumberW+:NumberW];
  end

  always_ff @(posedge clk_i) begin
    halt_q <= halt;
    from_q <= from;
    waits_q <= {store_waits, compute_waits, load_waits};
    fetch_number_q <= fetch_number;
    load_number_q <= load_number;
    compute_number_q <= compute_number;
    store_number_q <= store_number;
    if (!halt_q) begin
      case (from_q)
        3'(FromFetch): fault_number_q <= fetch_number_q;
        3'(FromLoad): fault_number_q <= load_number_q;
        3'(FromCompute): fault_number_q <= compute_number_q;
        3'(FromStore): fault_number_q <= store_number_q;
        default: fault_number_q <= first_waiting;
      endcase
    end
  end

  initial begin
    running_q = 1'b0;
    fault_q = 4'(vta_pkg::FAULT_NONE);
  end

  assign running_o = running_q;
  assign fault_code_o = fault_q;
  assign fault_number_o = 32'(fault_number_q);

`ifdef VTA_ASSERT
  always_ff @(posedge clk_i) begin
    if (running_q && !clear) begin
      a_run_ends_with_nothing_outstanding: assert (!(finish && !halt) || (reads_idle && writes_idle));
      a_unit_does_not_wait_and_idle: assert (!(load_waits && load_idle) && !(compute_waits && compute_idle)
                                             && !(store_waits && store_idle));
    end
  end
`endif

endmodule

`default_nettype wire
