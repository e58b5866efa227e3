"""Faults of the frames."""

from reference_impl.faults.registry import Fault, fault


@fault("prompt-without-space", breaks="The prompt is `> `, and ends in one space", source="UM 1.4.2")
class PromptWithoutSpace(Fault):
    """The space is missing."""

    def frame(self, frame: bytes) -> bytes:
        """Take the space away."""
        return frame.removesuffix(b" ")
