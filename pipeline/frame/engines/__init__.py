"""Where graphs run: in, a list of units and a graph; out, what its transforms leave on disk.

engine       decides by bytes: here, or elsewhere
in_process   here, in the driver's process
beam_graph   elsewhere: the graph given to Beam, whose local runner or any other runs it
workers, preload   processes for the local runner, forked from one warm server
"""
