"""What the engine refuses to compute on."""

from kentongan.kit.errors import KentonganError


class EngineInputError(KentonganError):
    """The arrays or options cannot be computed on; no number is returned instead."""

    code = "engine.input"
