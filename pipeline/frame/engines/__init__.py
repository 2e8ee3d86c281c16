"""Where graphs run: in, a list of units and a graph; out, what its transforms leave on disk.

engine       decides by bytes: here, or elsewhere
in_process   here, in the driver's process
beam_graph   elsewhere: the graph given to Beam, whose local runner or any other runs it
workers      processes for the local runner
fork_server, worker   what they are forked from, warm, and what they do
server_process   how the fork server begins
claims       which of them takes which units
beam_noise   what Beam tells of a failure besides raising it
worker_limits   what they need of the machine, looked at before
"""
