// Every program of `Count` instructions on two machines: one that executes an instruction at a time, as vta check
// and the simulators do, and the hardware, whose units take tokens when an instruction begins and give them when it
// ends, any time later. Tokens are counted and commands queued as the claims token-queue and ram-fifo-order prove
// of the modules. Where one machine can go no further, the other, in whatever order it goes, comes no further: a
// program that vta check sees end deadlocks at no timing, and one that it sees deadlock always does.
`default_nettype none

module deadlock #(
  parameter int Count = 6,
  parameter int Commands = 2  // places in a command queue
) (
  input wire logic       clk,
  input wire logic       fetches,      // the hardware's free choices
  input wire logic [2:0] begins,
  input wire logic [2:0] ends,
  input wire logic       one_fetches,  // the other machine's
  input wire logic [2:0] one_executes
);

  localparam int W = $clog2(Count + 1);

  // The program: units 0 load, 1 compute, 2 store; queues 0 load to compute, 1 compute to load, 2 compute to
  // store, 3 store to compute.
  (* anyconst *) logic [2*Count-1:0] units;
  (* anyconst *) logic [Count-1:0] pop_prev, pop_next, push_prev, push_next;
  (* anyconst *) logic hardware_first;

  function automatic logic [1:0] from(input int q);
    from = q == 0 ? 2'd0 : q == 3 ? 2'd2 : 2'd1;
  endfunction
  function automatic logic [1:0] to(input int q);
    to = q == 1 ? 2'd0 : q == 2 ? 2'd2 : 2'd1;
  endfunction

  // Bit [u * Count + i]: instruction i is of unit u; place [i * W]: how many of its unit are before it.
  logic [3*Count-1:0] is;
  logic [Count*W-1:0] place;
  always_comb begin
    for (int i = 0; i < Count; i++) begin
      for (int u = 0; u < 3; u++) is[u*Count+i] = units[2*i+:2] == 2'(u);
      place[i*W+:W] = '0;
      for (int j = 0; j < i; j++) begin
        if (units[2*j+:2] == units[2*i+:2]) place[i*W+:W] = place[i*W+:W] + 1'b1;
      end
    end
  end

  // A machine: how many instructions were fetched; of each unit, how many have begun and how many have ended.
  logic [2*W-1:0] fetched_q;
  logic [6*W-1:0] begun_q;
  logic [6*W-1:0] ended_q;
  logic [1:0] can_fetch, stuck, complete, sound;
  logic [5:0] can_begin, can_end;

  logic [6*W-1:0] dispatched;
  logic [8*W-1:0] given;
  logic [8*W-1:0] taken;
  always_comb begin
    for (int m = 0; m < 2; m++) begin
      for (int u = 0; u < 3; u++) begin
        dispatched[(3*m+u)*W+:W] = '0;
        for (int i = 0; i < Count; i++) begin
          if (is[u*Count+i] && W'(i) < fetched_q[m*W+:W]) dispatched[(3*m+u)*W+:W] = dispatched[(3*m+u)*W+:W] + 1'b1;
        end
      end
      for (int q = 0; q < 4; q++) begin
        given[(4*m+q)*W+:W] = '0;
        taken[(4*m+q)*W+:W] = '0;
        for (int i = 0; i < Count; i++) begin
          if (is[from(q)*Count+i] && place[i*W+:W] < ended_q[(3*m+from(q))*W+:W]
              && (q == 0 || q == 2 ? push_next[i] : push_prev[i])) given[(4*m+q)*W+:W] = given[(4*m+q)*W+:W] + 1'b1;
          if (is[to(q)*Count+i] && place[i*W+:W] < begun_q[(3*m+to(q))*W+:W]
              && (q == 0 || q == 2 ? pop_prev[i] : pop_next[i])) taken[(4*m+q)*W+:W] = taken[(4*m+q)*W+:W] + 1'b1;
        end
      end
      can_fetch[m] = 1'b0;
      complete[m] = fetched_q[m*W+:W] == W'(Count);
      sound[m] = fetched_q[m*W+:W] <= W'(Count);
      for (int u = 0; u < 3; u++) begin
        can_begin[3*m+u] = 1'b0;
        for (int i = 0; i < Count; i++) begin
          if (is[u*Count+i] && W'(i) == fetched_q[m*W+:W]) begin
            can_fetch[m] = dispatched[(3*m+u)*W+:W] - begun_q[(3*m+u)*W+:W] < W'(Commands);
          end
          if (is[u*Count+i] && place[i*W+:W] == begun_q[(3*m+u)*W+:W] && W'(i) < fetched_q[m*W+:W]) begin
            can_begin[3*m+u] = (!pop_prev[i] || (u == 1 ? given[4*m*W+:W] != taken[4*m*W+:W] : given[(4*m+2)*W+:W] != taken[(4*m+2)*W+:W]))
                && (!pop_next[i] || (u == 0 ? given[(4*m+1)*W+:W] != taken[(4*m+1)*W+:W] : given[(4*m+3)*W+:W] != taken[(4*m+3)*W+:W]));
          end
        end
        can_end[3*m+u] = ended_q[(3*m+u)*W+:W] != begun_q[(3*m+u)*W+:W];
        complete[m] = complete[m] && ended_q[(3*m+u)*W+:W] == dispatched[(3*m+u)*W+:W];
        sound[m] = sound[m] && ended_q[(3*m+u)*W+:W] <= begun_q[(3*m+u)*W+:W] && begun_q[(3*m+u)*W+:W] <= dispatched[(3*m+u)*W+:W]
            && dispatched[(3*m+u)*W+:W] - begun_q[(3*m+u)*W+:W] <= W'(Commands);
      end
      for (int q = 0; q < 4; q++) sound[m] = sound[m] && taken[(4*m+q)*W+:W] <= given[(4*m+q)*W+:W];
      stuck[m] = !can_fetch[m] && can_begin[3*m+:3] == '0 && can_end[3*m+:3] == '0;
    end
  end

  // Machine 0 is the hardware, machine 1 executes an instruction at a time. The one that is first goes until it can
  // go no further; then the other does.
  logic [1:0] moves;
  assign moves = {hardware_first ? stuck[0] : 1'b1, hardware_first ? 1'b1 : stuck[1]};

  initial begin
    fetched_q = '0;
    begun_q = '0;
    ended_q = '0;
  end

  always_ff @(posedge clk) begin
    if (moves[0] && can_fetch[0] && fetches) fetched_q[0*W+:W] <= fetched_q[0*W+:W] + 1'b1;
    if (moves[1] && can_fetch[1] && one_fetches) fetched_q[1*W+:W] <= fetched_q[1*W+:W] + 1'b1;
    for (int u = 0; u < 3; u++) begin
      if (moves[0] && can_begin[u] && begins[u]) begun_q[u*W+:W] <= begun_q[u*W+:W] + 1'b1;
      if (moves[0] && can_end[u] && ends[u]) ended_q[u*W+:W] <= ended_q[u*W+:W] + 1'b1;
      if (moves[1] && can_begin[3+u] && one_executes[u]) begin
        begun_q[(3+u)*W+:W] <= begun_q[(3+u)*W+:W] + 1'b1;
        ended_q[(3+u)*W+:W] <= ended_q[(3+u)*W+:W] + 1'b1;
      end
    end
  end

  always_comb begin
    for (int i = 0; i < Count; i++) begin
      assume (units[2*i+:2] != 2'd3);
      assume (!is[i] || (!pop_prev[i] && !push_prev[i]));
      assume (!is[2*Count+i] || (!pop_next[i] && !push_next[i]));
    end
    assert (sound == 2'b11);
    for (int u = 0; u < 3; u++) begin
      assert (ended_q[(3+u)*W+:W] == begun_q[(3+u)*W+:W]);
      if (hardware_first) begin
        assert (stuck[0] ? begun_q[(3+u)*W+:W] <= begun_q[u*W+:W] : begun_q[(3+u)*W+:W] == '0);
      end else begin
        assert (stuck[1] ? begun_q[u*W+:W] <= begun_q[(3+u)*W+:W] : begun_q[u*W+:W] == '0);
      end
    end
    if (hardware_first) assert (stuck[0] ? fetched_q[1*W+:W] <= fetched_q[0*W+:W] : fetched_q[1*W+:W] == '0);
    else assert (stuck[1] ? fetched_q[0*W+:W] <= fetched_q[1*W+:W] : fetched_q[0*W+:W] == '0);
    if (stuck == 2'b11) assert (hardware_first ? complete[0] || !complete[1] : complete[1] || !complete[0]);
  end

endmodule

`default_nettype wire
