"""Where kernels are compiled when they are called, the layers that the other suites leave out can be, and are right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support import layers
from tests.support.catalogue import MEMBERS, Member, label
from tests.support.targets import TRIED, is_tried

LEFT_OUT = [replace(m, target=target) for target in TRIED for m in MEMBERS if not is_tried(target, m.name)]


@pytest.mark.parametrize("member", LEFT_OUT, ids=label)
def test_a_layer_that_no_other_suite_calls(member: Member) -> None:
    reference, module = member.trial(member.usual)
    layers.validate_layer(module, reference, layers.draw_inputs(reference, member.sized(member.usual), np.float32))
