"""Names for annotations without the module typing, whose import takes as long as a tenth of a short trace.

Annotations are never evaluated here, so all that matters at run time is that the names can be imported.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, NoReturn, Protocol, Self
else:
    Any = ClassVar = NoReturn = Protocol = Self = object

__all__ = ["TYPE_CHECKING", "Any", "ClassVar", "NoReturn", "Protocol", "Self"]
