"""Playground: see machine learning happen.

This is the note on the architecture; each module says for itself why it exists and who calls it.

**One truth.** `engine.experiment.Experiment` is a frozen tree of values: which lab, data, model, loss,
optimiser, how to train, which seeds. It is checked when it is made, so an illegal one cannot exist. The
forms in the window, `--set` on the command line, the session file, undo and the tests' samples are all
derived from its fields and what these say of themselves (`engine.schema`). Undo is a list of past
Experiments; nobody writes an inverse command.

**One direction.**

    cli -> app -> gui -> engine.worker -> engine.trainer -> labs -> datasets, models, executors -> schema

The engine never imports Qt: it runs, and its tests pass, where Qt is not installed. The window never
imports torch or any other library that learns: it knows Experiments, commands and snapshots. Heavy
libraries are imported inside functions, so that the window appears first. `app` is the composition root,
the only module that sees everything. import-linter and tests/test_contracts.py check all this.

**One way from the engine to the screen.** `engine.worker` is a plain Python thread that touches no Qt
object. Commands reach it by a queue that it looks at every few milliseconds; what it has to show goes into
a mailbox with one place, in which the newest snapshot replaces the last, and it computes the next only when
that one was taken. The window has one heartbeat (`gui.bridge`): each tick takes the newest snapshot and
hands it to the views that are visible. So training cannot flood the window, and the window cannot slow the
training down. What a person draws is echoed at once from the document (`gui.document`) and never waits for
the engine.

**Typed answers.** A lab answers with values that have a type: points, a curve, a heat map, a network, a
table. The window has one view for each type. A new lab is one file in `engine/labs` and, normally, none in
the window; a new data set or model is one file too. All are found through `engine.registry`, and one
battery of tests passes over everything that is registered.

**Runs can be repeated.** A run is an Experiment and a log of events, each at its epoch: points drawn, a
rate changed. Random numbers are a function of (seed, purpose, epoch, sample), computed by code of our own,
so that the same run gives the same numbers on every machine and with every executor, to rounding.
"""

__version__ = "0.1.0"
