"""A measurement during which the program was stopped and continued is taken again."""

import os
import signal

from lite3r_student.alone import undisturbed


def test_a_measurement_that_was_interrupted_is_repeated():
    calls = []

    def measure():
        calls.append(len(calls))
        if len(calls) == 1:
            os.kill(os.getpid(), signal.SIGCONT)
        return calls[-1]

    assert undisturbed(measure) == 1 and calls == [0, 1]
    assert signal.getsignal(signal.SIGCONT) == signal.SIG_DFL
